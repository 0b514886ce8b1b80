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

/** The begin and the end of what is measured: marks that the page sets by `performance.mark`. */
export const MARKS = { begin: 'measured from here', end: 'measured to here' }

/** Of the page's main thread, in milliseconds. */
export interface Task {
  /** Since the first mark. */
  at: number
  cost: number
}

/** The longest task between the marks. */
export async function longestTask<Result>(
  browser: Browser,
  page: Page,
  act: () => Promise<Result>,
): Promise<{ result: Result; longestCost: number }> {
  const { result, tasks } = await tracedTasks(browser, page, act)
  return { result, longestCost: longestOf(tasks) }
}

/** A trace under load has more tasks than a call takes arguments. */
export function longestOf(tasks: readonly Task[]): number {
  return tasks.reduce((most, { cost }) => Math.max(most, cost), 0)
}

/**
 * The tasks of a page's main thread between the marks, with their cost: of the processor, for where others use the machine a
 * task lasts longer, and of the clock, for some machines count what a thread used in leaps.
 */
export async function tracedTasks<Result>(
  browser: Browser,
  page: Page,
  act: () => Promise<Result>,
): Promise<{ result: Result; tasks: Task[] }> {
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] })
  const result = await act()
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(
    (await browser.stopTracing()).toString(),
  )
  const begin = traceEvents.find(({ name }) => name === MARKS.begin)
  const end = traceEvents.find(({ name }) => name === MARKS.end)
  if (!begin || !end) throw new Error('the page has set no marks')
  const found = traceEvents.filter(
    ({ name, pid, tid, ts }) =>
      name === 'ThreadControllerImpl::RunTask' &&
      pid === begin.pid &&
      tid === begin.tid &&
      ts >= begin.ts &&
      ts <= end.ts,
  )
  if (found.length === 0) throw new Error('the trace has no tasks')
  const tasks = found.map(({ ts, dur = 0, tdur = dur }) => ({
    at: (ts - begin.ts) / 1_000,
    cost: Math.min(dur, tdur) / 1_000,
  }))
  return { result, tasks }
}
