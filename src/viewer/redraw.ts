/** Nobody sees more of a bar. */
const FLOOD_MS = 100

export interface Redraw {
  /** With the next frame, however often it is asked for until then. */
  now(): void
  /** Some times a second: of what comes in floods only the newest is looked at. */
  soon(): void
  /** What was asked for is not drawn. */
  stop(): void
}

/** The browser's own frames. */
export interface Frames {
  request(call: () => void): number
  cancel(frame: number): void
}

export function createRedraw(draw: () => void, frames: Frames): Redraw {
  let frame = 0
  let drawnAt = 0
  let later: ReturnType<typeof setTimeout> | undefined
  const now = () => {
    if (frame !== 0) return
    frame = frames.request(() => {
      frame = 0
      drawnAt = performance.now()
      draw()
    })
  }
  return {
    now,
    soon() {
      later ??= setTimeout(
        () => {
          later = undefined
          now()
        },
        drawnAt + FLOOD_MS - performance.now(),
      )
    },
    stop() {
      frames.cancel(frame)
      frame = 0
      clearTimeout(later)
      later = undefined
    },
  }
}
