/** For events that nothing reports: looks again until one has happened, for a minute at most. */
export async function until(what: string, happened: () => boolean): Promise<void> {
  const end = Date.now() + 60_000
  while (!happened()) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`)
    await new Promise((next) => setTimeout(next, 20))
  }
}
