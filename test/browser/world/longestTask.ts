import type { Browser, Page } from 'playwright-core'

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** Microseconds. */
  ts: number
  /** How long it lasted, and how much of the processor it used. */
  dur?: number
  tdur?: number
  args?: { name?: string }
}

/** What begins what is measured, and ends it: marks that the page sets by `performance.mark`. */
export const MARKS = { begin: 'measured from here', end: 'measured to here' }

/**
 * Milliseconds that the longest task of a page's main thread cost between the marks: of the processor,
 * for where others use the machine a task lasts longer, and of the clock, for some machines count what
 * a thread used in leaps.
 */
export async function longestTask<Result>(
  browser: Browser,
  page: Page,
  act: () => Promise<Result>,
): Promise<{ result: Result; longestCost: number }> {
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] })
  const result = await act()
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(
    (await browser.stopTracing()).toString(),
  )
  const begin = traceEvents.find(({ name }) => name === MARKS.begin)
  const end = traceEvents.find(({ name }) => name === MARKS.end)
  if (!begin || !end) throw new Error('the page has set no marks')
  const tasks = traceEvents.filter(
    ({ name, pid, tid, ts }) =>
      name === 'ThreadControllerImpl::RunTask' &&
      pid === begin.pid &&
      tid === begin.tid &&
      ts >= begin.ts &&
      ts <= end.ts,
  )
  if (tasks.length === 0) throw new Error('the trace has no tasks')
  // A trace under load has more tasks than a call takes arguments.
  const longest = tasks.reduce(
    (most, { dur = 0, tdur = dur }) => Math.max(most, Math.min(dur, tdur)),
    0,
  )
  return { result, longestCost: longest / 1_000 }
}
