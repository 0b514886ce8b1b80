/** A progress bar that moves more often looks the same. */
const FLOOD_MS = 100

/** The browser's own frames. */
export interface Frames {
  request(call: () => void): number
  cancel(frame: number): void
}

export function createRedraw(draw: () => void, frames: Frames) {
  let frame = 0
  let drawnAt = 0
  let later: ReturnType<typeof setTimeout> | undefined
  /** Draws with the next frame, once, however often it is called until then. */
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
    /** Draws a few times a second: of a flood of events only the newest is shown. */
    soon() {
      later ??= setTimeout(
        () => {
          later = undefined
          now()
        },
        drawnAt + FLOOD_MS - performance.now(),
      )
    },
    /** Drops a drawing that has not been made yet. */
    stop() {
      frames.cancel(frame)
      frame = 0
      clearTimeout(later)
      later = undefined
    },
  }
}
