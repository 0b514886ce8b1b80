import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import { isEngineError } from '../../machines/errors.ts'
import type { Engine } from '../flow/types.ts'
import { openStream } from './eventStream.ts'
import type { FlowRegistry, RegisteredFlow } from './flowRegistry.ts'
import { readBody, sendJson, validBody } from './json.ts'
import { readAsked, type Starts } from './startFlow.ts'

const CREDENTIALS = 'username and password must be strings'
const credentialsBody = v.object(
  { username: v.string(CREDENTIALS), password: v.string(CREDENTIALS) },
  CREDENTIALS,
)
const REQUEST = 'request must be the number of a consent request'
const answerBody = v.object({ request: v.number(REQUEST) }, REQUEST)

/** The actions that can be posted to a flow; `false` when the flow does not wait for it. */
const actions: ReadonlyMap<string, (flow: RegisteredFlow, body: unknown) => boolean> = new Map([
  ['grant', (flow, body) => flow.grant(validBody(answerBody, body).request)],
  ['deny', (flow, body) => flow.deny(validBody(answerBody, body).request)],
  ['credentials', (flow, body) => flow.authenticate(validBody(credentialsBody, body))],
  ['cancel', (flow) => flow.cancel()],
])

/** A progress bar that moves more often looks the same. */
const PROGRESS_MS = 100
/** How often a list changes at most. */
const LIST_MS = 100

/** Answers requests about flows, below `/flows`. @throws RangeError on a bad body */
export async function answerFlows(
  registry: FlowRegistry,
  starts: Starts,
  path: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [id, action = ''] = path
  const { method } = request
  if (id === undefined) return answerRegistry(registry, starts, request, response)
  const flow = registry.get(id)
  if (!flow) return sendJson(response, 404, { message: 'there is no such flow' })
  if (method === 'GET' && action === 'form') return sendJson(response, 200, flow.form ?? {})
  if (method === 'GET' && action === 'events') {
    const last = Number(request.headers['last-event-id'] ?? 0)
    const after = Number.isSafeInteger(last) ? last : 0
    // A browser does not reconnect after this status.
    if (flow.hasEnded && !flow.log.after(after)) return void response.writeHead(204).end()
    return streamEvents(flow, response, after)
  }
  if (method !== 'POST') return sendJson(response, 405, { message: 'the method is not allowed' })
  if (actions.get(action)?.(flow, await readBody(request))) response.writeHead(204).end()
  else sendJson(response, 409, { message: 'the flow does not wait for that now' })
}

async function answerRegistry(
  registry: FlowRegistry,
  starts: Starts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method } = request
  if (method === 'GET') return sendJson(response, 200, { flows: registry.list() })
  if (method !== 'POST') return sendJson(response, 405, { message: 'the method is not allowed' })
  const asked = readAsked(await readBody(request))
  const flow = await registry.start(async () => ({
    ...(await asked.start(starts)),
    form: asked.form,
  }))
  if (flow) sendJson(response, 201, { id: flow.id })
  else sendJson(response, 503, { message: 'too many flows are running' })
}

/** Answers what a flow would do, and starts none. @throws RangeError on a bad body */
export async function answerPlan(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    return sendJson(response, 405, { message: 'the method is not allowed' })
  }
  const asked = readAsked(await readBody(request))
  try {
    sendJson(response, 200, await asked.plan(engine))
  } catch (error) {
    if (!isEngineError(error)) throw error
    sendJson(response, 409, { message: error.message })
  }
}

/** Streams the list of flows, whole, whenever one of them has changed. */
export function streamList(registry: FlowRegistry, response: ServerResponse): void {
  let timer: NodeJS.Timeout | undefined
  let isFull = false
  let isStale = false
  const send = () => {
    timer = undefined
    isStale = isFull
    if (!isFull) isFull = !stream.send({ flows: registry.list() })
  }
  const leave = registry.onChange(() => {
    timer ??= setTimeout(send, LIST_MS)
  })
  const stream = openStream(response, {
    onDrain() {
      isFull = false
      if (isStale) send()
    },
    onClose() {
      leave()
      clearTimeout(timer)
    },
  })
  send()
}

/**
 * Streams a flow's events after a number, until the last or until the client is gone. A slow client gets what the log
 * keeps when it can take more, and never a backlog.
 */
function streamEvents(flow: RegisteredFlow, response: ServerResponse, after: number): void {
  let sent = after
  let isFull = false
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    for (let next = flow.log.after(sent); next && !isFull; next = flow.log.after(sent)) {
      sent = next.sequence
      isFull = !stream.send(next, sent)
    }
    if (flow.hasEnded && !isFull) stream.end()
  }
  const flushInTime = () => {
    const isUrgent = flow.hasEnded || flow.log.events.at(-1)?.type !== 'progress'
    if (isUrgent) flush()
    else timer ??= setTimeout(flush, PROGRESS_MS)
  }
  const leave = flow.onChange(flushInTime)
  const stream = openStream(response, {
    onDrain() {
      isFull = false
      flush()
    },
    onClose() {
      leave()
      clearTimeout(timer)
    },
  })
  flush()
}
