import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import type { RolloutKind } from '../../machines/rollout/plan.ts'
import type { PluginOnTarget, RolloutCounts } from '../../machines/rollout/records.ts'
import { LOSSES, type Loss } from '../../machines/rollout/types.ts'
import type { FlowEvent, ShownConsentRequest } from '../events/flowEvent.ts'
import type { TargetRow } from '../rollout/followRollout.ts'
import { openStream } from './eventStream.ts'
import { readBody, sendJson, validBody } from './json.ts'

/** The orders of a person to a rollout. */
export const ROLLOUT_ORDERS = [
  'promote',
  'pause',
  'resume',
  'retry',
  'cancel',
  'rollback',
  'grant',
  'deny',
] as const

export type RolloutOrder = (typeof ROLLOUT_ORDERS)[number]

/** A rollout as a row of a list. */
export interface ListedRollout {
  id: string
  kind: RolloutKind
  /** Local name of the plugin on every engine. */
  name: string
  reference: string
  /** When it was planned, in ISO 8601. */
  planned: string
  state: string
  counts: RolloutCounts
}

/** A rollout without its targets. */
export interface ShownRollout extends ListedRollout {
  /** Targets at work. */
  out: number
  /** The orders that it takes now. */
  takes: readonly RolloutOrder[]
  /** It has not ended, and no process carries it out. */
  isLeft: boolean
  /** What keeps it from going on, or from being read now. */
  problem?: string
  /** While it waits for a consent. */
  consent?: ShownConsentRequest
  /** The plan, in lines for a person. */
  plan: readonly string[]
}

/** What has changed since a version: the first time, everything. */
export interface RolloutNews {
  version: number
  rollout: ShownRollout
  rows: readonly TargetRow[]
}

/** A target with all that its record tells. */
export interface ShownTarget extends TargetRow {
  /** Address of its engine, or the name of its context. */
  engine: string
  before?: PluginOnTarget
  after?: PluginOnTarget
  next?: string
  /** Milliseconds since the epoch. */
  began?: number
  ended?: number
  /** Its flow, as far as the record has it. */
  events?: readonly FlowEvent[]
}

/** The rollouts that a page shows. All reject with a `RangeError` where that is impossible, in words for a person. */
export interface Rollouts {
  /** The newest first, and a line about each problem, as of one that cannot be read. */
  list(): Promise<{ rollouts: readonly ListedRollout[]; problems: readonly string[] }>
  /** `undefined` for an unknown ID. */
  open(id: string): Promise<OpenRollout | undefined>
  /** @param only of a retry: the targets that failed, or those that were unreachable */
  order(id: string, order: RolloutOrder, only?: Loss): Promise<void>
}

export interface OpenRollout {
  /** Reads the records again. */
  read(after: number): Promise<RolloutNews>
  target(index: number): Promise<ShownTarget | undefined>
}

const ONLY = `only must be ${LOSSES.join(' or ')}`
const orderBody = v.object({ only: v.optional(v.picklist(LOSSES, ONLY)) })

/** How often a page gets news of a rollout at most. */
const NEWS_MS = 250

/** Answers requests about rollouts, below `/rollouts`. @throws RangeError on a bad body */
export async function answerRollouts(
  rollouts: Rollouts,
  [id, action, index, ...others]: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method } = request
  if (method !== 'GET' && method !== 'POST') {
    return sendJson(response, 405, { message: 'the method is not allowed' })
  }
  const isGet = method === 'GET'
  if (isGet && id === undefined) return sendJson(response, 200, await rollouts.list())
  const open = id === undefined || others.length > 0 ? undefined : await rollouts.open(id)
  if (!open || id === undefined) {
    return sendJson(response, 404, { message: 'there is no such rollout' })
  }
  if (isGet && action === 'changes' && index === undefined) return streamNews(open, response)
  if (isGet && action === 'targets' && /^\d{1,6}$/.test(index ?? '')) {
    const target = await open.target(Number(index))
    if (target) return sendJson(response, 200, target)
  }
  const order = ROLLOUT_ORDERS.find((each) => each === action)
  if (isGet || !order || index !== undefined) {
    return sendJson(response, 404, { message: 'not found' })
  }
  const { only } = validBody(orderBody, await readBody(request))
  const { rollout } = await open.read(Number.POSITIVE_INFINITY)
  if (!rollout.takes.includes(order)) {
    const message = `the rollout does not take that while it is ${rollout.state}`
    return sendJson(response, 409, { message })
  }
  await rollouts.order(id, order, only)
  response.writeHead(204).end()
}

/**
 * Streams a rollout: first all of it, and then what has changed, until the client is gone. A slow client gets the sum of the changes when
 * it can take more, and never a backlog.
 */
async function streamNews(open: OpenRollout, response: ServerResponse): Promise<void> {
  let version = 0
  let shown = ''
  let isFull = false
  let isReading = false
  // What cannot be read is refused before the stream begins.
  const first = await open.read(version)
  const send = (news: RolloutNews) => {
    const now = JSON.stringify(news.rollout)
    if (news.version === version && now === shown) return
    version = news.version
    shown = now
    isFull = !stream.send(news)
  }
  const look = async () => {
    if (isReading || isFull) return
    isReading = true
    try {
      send(await open.read(version))
    } catch {
      // The page asks again, and is told why.
      stream.end()
    }
    isReading = false
  }
  const timer = setInterval(() => void look(), NEWS_MS)
  const stream = openStream(response, {
    onDrain() {
      isFull = false
    },
    onClose: () => clearInterval(timer),
  })
  send(first)
}
