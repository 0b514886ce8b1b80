import type { IncomingMessage, ServerResponse } from 'node:http'
import * as v from 'valibot'
import type { ChartLayout } from '../chart/chartLayout.ts'
import { createFlowRegistry, type FlowRegistry, type RegisteredFlow } from './flowRegistry.ts'
import { readBody, sendJson, validBody } from './json.ts'
import { type PageFiles, type Route, type ServedPage, servePage } from './servePage.ts'
import { type Starts, startAsked } from './startFlow.ts'

export interface UiOptions {
  /** Address of the engine, as the page shows it. */
  host: string
  /** What the page can start. */
  starts: Starts
  /** The engine downloads, runs and keeps nothing. */
  simulated: boolean
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
  files: PageFiles
}

export interface Ui extends ServedPage {
  /** Cancels the flows that have not ended; pages see them end. */
  cancelFlows(): Promise<void>
}

/**
 * Starts the page that starts and shows flows, on 127.0.0.1 alone. Rejects when it cannot listen
 * there.
 */
export async function startUi({ host, starts, simulated, port, files }: UiOptions): Promise<Ui> {
  const about = { engine: host, simulated }
  const registry = createFlowRegistry(about)
  const routes = new Map<string, Route>([
    ['flows', (path, request, response) => answerFlows(registry, starts, path, request, response)],
    ['about', (_path, _request, response) => sendJson(response, 200, about)],
  ])
  const served = await servePage({ port, files, page: 'index.html', routes })
  return { ...served, cancelFlows: () => registry.cancelAll() }
}

export interface MachineUiOptions {
  chart: ChartLayout
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
  files: PageFiles
}

/** Starts the page that shows a machine, on 127.0.0.1 alone. Rejects when it cannot listen there. */
export function startMachineUi({ chart, port, files }: MachineUiOptions): Promise<ServedPage> {
  const routes = new Map<string, Route>([
    ['chart', (_path, _request, response) => sendJson(response, 200, chart)],
  ])
  return servePage({ port, files, page: 'machine.html', routes })
}

const CREDENTIALS = 'username and password must be strings'
const credentialsBody = v.object(
  { username: v.string(CREDENTIALS), password: v.string(CREDENTIALS) },
  CREDENTIALS,
)
const REQUEST = 'request must be the number of a consent request'
const answerBody = v.object({ request: v.number(REQUEST) }, REQUEST)

/** What can be posted to a flow; `false` when the flow does not wait for it. */
const actions: ReadonlyMap<string, (flow: RegisteredFlow, body: unknown) => boolean> = new Map([
  ['grant', (flow, body) => flow.grant(validBody(answerBody, body).request)],
  ['deny', (flow, body) => flow.deny(validBody(answerBody, body).request)],
  ['credentials', (flow, body) => flow.authenticate(validBody(credentialsBody, body))],
  ['cancel', (flow) => flow.cancel()],
])

/** A progress bar that moves more often looks the same. */
const PROGRESS_MS = 100
/** Proxies and browsers take silence for a dead connection. */
const HEARTBEAT_MS = 15_000
const RETRY_MS = 500

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
  if (method === 'GET') return sendJson(response, 200, { flows: registry.ids() })
  if (method !== 'POST') return sendJson(response, 405, { message: 'the method is not allowed' })
  const body = await readBody(request)
  const flow = await registry.start(() => startAsked(starts, body))
  if (flow) sendJson(response, 201, { id: flow.id })
  else sendJson(response, 503, { message: 'too many flows are running' })
}

/**
 * Streams a flow's events after a number as Server-Sent Events, until the last or until the client is gone.
 * A slow client gets what the log keeps when it can take more, and never a backlog.
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
      isFull = !response.write(`id: ${sent}\ndata: ${JSON.stringify(next)}\n\n`)
    }
    if (flow.hasEnded && !isFull) response.end()
  }
  const flushInTime = () => {
    const isUrgent = flow.hasEnded || flow.log.events.at(-1)?.type !== 'progress'
    if (isUrgent) flush()
    else timer ??= setTimeout(flush, PROGRESS_MS)
  }
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS)
  const leave = flow.onChange(flushInTime)
  response.on('drain', () => {
    isFull = false
    flush()
  })
  response.on('close', () => {
    leave()
    clearInterval(heartbeat)
    clearTimeout(timer)
  })
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
  response.write(`retry: ${RETRY_MS}\n\n`)
  flush()
}
