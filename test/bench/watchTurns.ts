/** Other work on the machine does not count: only what this process itself does from one turn to the next. */
export function watchTurns() {
  let last = process.cpuUsage()
  let longest = 0
  const look = () => {
    const { user, system } = process.cpuUsage(last)
    longest = Math.max(longest, user + system)
    last = process.cpuUsage()
  }
  const timer = setInterval(look, 1)
  return {
    longest() {
      clearInterval(timer)
      look()
      return longest / 1_000
    },
  }
}
