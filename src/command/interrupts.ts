import type { Surroundings } from './surroundings.ts'

/** What ended a run from outside, and the exit status that says so. */
export interface Interrupt {
  exitCode: number
  /** `SIGINT`, or what an exception says. */
  reason: string
}

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

export interface Interrupts {
  /** The first one, once it has come. */
  readonly first: Interrupt | undefined
  /** Resolves when a second signal comes. */
  readonly second: Promise<void>
  /** Resolves when a third one comes. */
  readonly third: Promise<void>
  /** A Ctrl-C that the terminal has made no signal of. */
  interrupt(): void
  /** Signals have their usual effect again. */
  release(): void
}

/**
 * Catches what would end the process in the middle of a run. An exception that nobody caught counts
 * as the first signal, and never as the second: what was begun is taken back all the same.
 */
export function catchInterrupts(
  signals: Surroundings['signals'],
  onFirst: (interrupt: Interrupt) => void,
): Interrupts {
  let first: Interrupt | undefined
  const second = createEvent()
  const third = createEvent()
  const begin = (interrupt: Interrupt) => {
    first = interrupt
    onFirst(interrupt)
  }
  const receive = (reason: string, exitCode: number) => {
    if (!first) begin({ exitCode, reason })
    else if (second.hasCome()) third.come()
    else second.come()
  }
  const listeners: [name: string, listener: (error: unknown) => void][] = [
    ...Object.entries(EXIT_CODES).map(([reason, exitCode]): [string, () => void] => [
      reason,
      () => receive(reason, exitCode),
    ]),
    [
      'uncaughtException',
      (error) => {
        if (!first) begin({ exitCode: 1, reason: `unexpected error: ${String(error)}` })
      },
    ],
  ]
  for (const [name, listener] of listeners) signals.on(name, listener)
  return {
    get first() {
      return first
    },
    second: second.promise,
    third: third.promise,
    interrupt: () => receive('SIGINT', EXIT_CODES.SIGINT),
    release() {
      for (const [name, listener] of listeners) signals.off(name, listener)
    },
  }
}

function createEvent() {
  let hasCome = false
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return {
    promise,
    hasCome: () => hasCome,
    come() {
      hasCome = true
      resolve()
    },
  }
}
