import { setImmediate, setTimeout } from 'node:timers/promises'

/** The time of the simulation: its milliseconds last `pace` real ones. */
export class PacedClock {
  readonly #pace: number
  readonly #closing: AbortSignal

  constructor(pace: number, closing: AbortSignal) {
    this.#pace = pace
    this.#closing = closing
  }

  /** Rejects at once when `signal` fires: that of the engine's end, unless another one is given. */
  async wait(milliseconds: number, signal = this.#closing): Promise<void> {
    if (this.#pace === 0) await setImmediate(undefined, { signal })
    else await setTimeout(milliseconds * this.#pace, undefined, { signal })
  }
}
