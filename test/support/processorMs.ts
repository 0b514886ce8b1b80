/**
 * Milliseconds of processor time that something takes in this process. The clock would count what
 * other processes take, too.
 */
export function processorMs(act: () => void): number {
  const before = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
