/**
 * How long the event loop was blocked, at most: the time from one turn to the next, or the processor time where that is
 * less, which other work on the machine does not count in. The threads that collect garbage beside the loop do.
 */
export function watchTurns() {
  let last = process.cpuUsage()
  let at = performance.now()
  let longest = 0
  const look = () => {
    const { user, system } = process.cpuUsage(last)
    const now = performance.now()
    longest = Math.max(longest, Math.min((user + system) / 1_000, now - at))
    last = process.cpuUsage()
    at = now
  }
  const timer = setInterval(look, 1)
  return {
    longest() {
      clearInterval(timer)
      look()
      return longest
    },
  }
}
