/** A timer that is later than this was held up by this process. */
const LATE_MS = 100

/**
 * Calls when a peer has had so many milliseconds. The time in which the event loop of this process was blocked when it
 * should have called is not the peer's: it gets that in addition, at most as much again, and what has come in
 * meanwhile is taken first. The function that it returns stops it.
 *
 * @param holds whether it keeps the process alive
 */
export function peerTimer(ms: number, call: () => void, holds = true): () => void {
  let extra = ms
  let timer: NodeJS.Timeout
  let turn: NodeJS.Immediate | undefined
  const start = (wait: number) => {
    const due = performance.now() + wait
    timer = setTimeout(() => {
      const late = Math.min(performance.now() - due, extra)
      extra -= late
      if (late > LATE_MS) start(late)
      else turn = setImmediate(call)
    }, wait)
    if (!holds) timer.unref()
  }
  start(ms)
  return () => {
    clearTimeout(timer)
    clearImmediate(turn)
  }
}
