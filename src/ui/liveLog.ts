import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import type { LiveBatch, LiveStep } from '../live/liveStep.ts'
import { readBody, sendJson, validBody } from './json.ts'

/** A step as the page gets it. */
export interface LoggedStep extends LiveStep {
  /** Rises by one with each step of the log. */
  number: number
}

/** An answer to a page. */
export interface LiveNews {
  steps: LoggedStep[]
  /** How many steps were dropped where they were sent from, and how many here. */
  dropped: number
}

const MOST_STEPS = 1_000
const MOST_RUNS = 100
const MOST_WAITING = 16
/** Proxies and browsers take a longer silence for a dead connection. */
const WAIT_MS = 20_000

const step = v.object({
  sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  at: v.number(),
  actor: v.string(),
  machine: v.string(),
  event: v.string(),
  value: v.unknown(),
  status: v.string(),
  ignored: v.optional(v.literal(true)),
  context: v.optional(v.unknown()),
})
const batchBody = v.object(
  {
    run: v.string('run must be a string'),
    dropped: v.number('dropped must be a number'),
    steps: v.array(step, 'steps must be a list'),
  },
  'run is missing',
)

/** The newest steps of watched actors. Pages ask for what comes after a number, and wait for it. */
export function createLiveLog(waitMs: number = WAIT_MS) {
  let steps: LoggedStep[] = []
  let last = 0
  let forgotten = 0
  const runs = new Map<string, { last: number; dropped: number }>()
  const waiting = new Set<() => void>()

  function add({ run, dropped, steps: added }: LiveBatch): void {
    const known = runs.get(run) ?? { last: 0, dropped: 0 }
    // A step that was sent twice, because the answer was lost, counts once.
    for (const each of added.filter(({ sequence }) => sequence > known.last)) {
      known.last = each.sequence
      steps.push({ ...each, actor: `${run} ${each.actor}`, number: ++last })
    }
    known.dropped = dropped
    runs.delete(run)
    runs.set(run, known)
    for (const [oldest] of [...runs].slice(0, -MOST_RUNS)) runs.delete(oldest)
    forgotten += Math.max(0, steps.length - MOST_STEPS)
    steps = steps.slice(-MOST_STEPS)
    for (const wake of [...waiting]) wake()
  }

  function news(after: number): LiveNews {
    const dropped = [...runs.values()].reduce((sum, run) => sum + run.dropped, forgotten)
    return { steps: steps.filter(({ number }) => number > after), dropped }
  }

  async function answer(after: number, response: ServerResponse): Promise<void> {
    if (last <= after && waiting.size >= MOST_WAITING) {
      return sendJson(response, 503, { message: 'too many pages are open' })
    }
    if (last <= after) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          response.off('close', wake)
          resolve()
        }
        const timer = setTimeout(wake, waitMs)
        waiting.add(wake)
        response.on('close', wake)
      })
    }
    if (!response.destroyed) sendJson(response, 200, news(after))
  }

  /** Answers requests below `/live`. @throws RangeError on a bad body */
  return async (
    [after = '0']: readonly string[],
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    const { method } = request
    if (method === 'GET') return answer(Number.parseInt(after, 10) || 0, response)
    if (method !== 'POST') return sendJson(response, 405, { message: 'the method is not allowed' })
    add(validBody(batchBody, await readBody(request)) as LiveBatch)
    response.writeHead(204).end()
  }
}
