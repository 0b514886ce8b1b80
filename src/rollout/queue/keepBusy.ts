import { endWith } from './inTime.ts'

/** How often it is looked for more where there was nothing. */
const LOOK_MS = 250

/**
 * Fetches and works on what was fetched, so many at once. Returns what fetches no more, and waits for what is at work.
 *
 * @param giveBack of what comes once nothing more is fetched; by default it is worked on as well
 */
export function keepBusy<Job>(
  parallel: number,
  fetch: () => Promise<Job | undefined>,
  work: (job: Job) => Promise<void>,
  giveBack = work,
): () => Promise<void> {
  const running = new Set<Promise<void>>()
  let hasEnded = false
  let wakeUp = () => {}
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const begin = async () => {
    while (!hasEnded) {
      const isFull = running.size >= parallel
      // While the server is away there is nothing.
      const job = isFull ? undefined : await fetch().catch(() => undefined)
      if (!job) {
        await pause()
        continue
      }
      const worked = (hasEnded ? giveBack : work)(job)
        .catch(() => {})
        .then(() => {
          running.delete(worked)
          wakeUp()
        })
      running.add(worked)
    }
  }
  const begun = parallel > 0 ? begin() : Promise.resolve()
  return async () => {
    hasEnded = true
    wakeUp()
    await endWith(() => begun)
    await Promise.all(running)
  }
}
