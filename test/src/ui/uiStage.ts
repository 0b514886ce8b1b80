import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  startEmbeddedEngine,
} from '../../../src/embedded.ts'
import type { FlowEvent } from '../../../src/events/flowEvent.ts'
import { connect } from '../../../src/flow/connect.ts'
import type { Rollouts } from '../../../src/ui/rollouts.ts'
import type { PageFiles } from '../../../src/ui/servePage.ts'
import { startsOn } from '../../../src/ui/startFlow.ts'
import { startUi, type Ui } from '../../../src/ui/startUi.ts'
import { writeNoCredentials } from '../../support/noCredentials.ts'

export interface UiStage {
  ui: Ui
  embedded: EmbeddedEngine
  /** `http://127.0.0.1:PORT` */
  origin: string
}

const NO_PAGE: PageFiles = new Map([
  ['index.html', { type: 'text/html; charset=utf-8', content: Buffer.from('the page') }],
])

/** The server of the page, on an embedded engine. */
export async function onUiStage(
  act: (stage: UiStage) => Promise<void>,
  options: EmbeddedEngineOptions & { files?: PageFiles; rollouts?: Rollouts } = {},
): Promise<void> {
  const { files = NO_PAGE, rollouts, ...engineOptions } = options
  const config = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  writeNoCredentials(config)
  const embedded = await startEmbeddedEngine({ pace: 0, ...engineOptions })
  const engine = connect({ host: embedded.host, env: { DOCKER_CONFIG: config } })
  const ui = await startUi({
    engine,
    host: engine.host,
    starts: startsOn(engine),
    simulated: true,
    port: 0,
    files,
    ...(rollouts && { rollouts }),
  })
  try {
    await act({ ui, embedded, origin: new URL(ui.url).origin })
  } finally {
    await ui.cancelFlows()
    await ui.close()
    engine.close()
    await embedded.close()
    rmSync(config, { recursive: true })
  }
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  /** Sent as JSON; a Buffer as it is. */
  body?: unknown
}

/** One request, with exactly these headers besides those of node. */
export function ask(
  url: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      )
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body === undefined || body instanceof Buffer ? body : JSON.stringify(body))
  })
}

/** The headers that the page sends which the printed address has opened. */
export function tokenOf(url: string): Record<string, string> {
  const [, token = ''] = /^#token=(.+)$/.exec(new URL(url).hash) ?? []
  return { authorization: `Bearer ${token}` }
}

/** Opens the page, and sends requests as it does. */
export async function enter({ ui, origin }: UiStage): Promise<Client> {
  const headers = tokenOf(ui.url)
  const post = (path: string, body: unknown) =>
    ask(`${origin}${path}`, {
      method: 'POST',
      headers: { ...headers, origin, 'content-type': 'application/json' },
      body,
    })
  return {
    headers,
    get: (path, others = {}) => ask(`${origin}${path}`, { headers: { ...headers, ...others } }),
    post,
    async install(body) {
      return String(JSON.parse((await post('/flows', body)).body).id)
    },
  }
}

export interface Client {
  headers: Readonly<Record<string, string>>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  install(body: object): Promise<string>
}

export interface Stream<Message = FlowEvent> {
  readonly events: readonly FlowEvent[]
  /** The same, of whatever kind they are. */
  readonly messages: readonly Message[]
  /** Calls the listener after each. */
  onMessage(listener: () => void): void
  /** Resolves with the first event of this kind, or a later one, come or to come. */
  seen(type: FlowEvent['type'], which?: number): Promise<FlowEvent>
  /** Resolves when the server has ended it. */
  ended: Promise<void>
  /** Drops the connection. */
  drop(): void
}

/** The events of a flow, as they come in. */
export function stream<Message = FlowEvent>(
  url: string,
  client: Client,
  headers: Record<string, string> = {},
): Stream<Message> {
  const events: FlowEvent[] = []
  const waiting = new Set<() => void>()
  let text = ''
  const sent = request(url, { headers: { ...client.headers, ...headers }, agent: false })
  const ended = new Promise<void>((resolve) => {
    sent.on('response', (response) => {
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        const parts = text.split('\n\n')
        text = parts.pop() ?? ''
        for (const part of parts) {
          const data = part.split('\n').find((line) => line.startsWith('data: '))
          if (data) events.push(JSON.parse(data.slice('data: '.length)))
        }
        for (const look of waiting) look()
      })
      response.on('close', resolve)
      response.on('error', () => {})
    })
    sent.on('error', () => resolve())
  })
  sent.end()
  return {
    events,
    messages: events as unknown as Message[],
    onMessage: (listener) => void waiting.add(listener),
    ended,
    seen: (type, which = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const found = events.filter((event) => event.type === type)[which - 1]
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    drop: () => sent.destroy(),
  }
}
