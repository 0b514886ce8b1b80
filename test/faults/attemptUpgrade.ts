import { request } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { defined } from '../../machines/defined.ts'
import {
  differences,
  isRemnant,
  type Observed,
  sameContent,
} from '../../machines/plugin-upgrade/effect.ts'
import type { EmbeddedEngine } from '../../src/embedded.ts'
import { connect } from '../../src/flow/connect.ts'
import { startUpgrade, toInput } from '../../src/flow/upgrade.ts'
import { isUpgradeError, type UpgradeOptions, type UpgradeOutput } from '../../src/upgrade.ts'
import { briefTime, look, OLD, OWNERS, onUpgradeStage } from '../support/upgradeStage.ts'
import { readRequests, type Strike } from './recordedEngine.ts'
import { answerBytes, type WireAnswer } from './wireAnswer.ts'

/** The value of a secret setting, which nothing but a request may hold. */
export const SECRET = 'the-secret-of-notes'

/** How an upgrade ended. */
export interface UpgradeEnd {
  /** `no end`: not within `LIMIT_MS`. */
  output: UpgradeOutput | 'no end'
  /** An error that is no `UpgradeError`. */
  thrown?: unknown
  /** `METHOD PATH` of the answer that was struck, where there was one. */
  struck?: string
  /** The reason why the end is wrong. */
  problem?: string
}

export interface UpgradeAttempt {
  options: Pick<UpgradeOptions, 'reference' | 'mode' | 'trial' | 'onFailure' | 'noWayBack'>
  /** Counts the answers of the upgrade: 0 is the first. */
  nth: number
  strike: Strike
}

const PATIENCE_MS = 4_000
const LIMIT_MS = 60_000

/** Runs one upgrade on a simulated engine, one of whose answers is struck on its way. */
export async function attemptUpgrade({
  options,
  nth,
  strike,
}: UpgradeAttempt): Promise<UpgradeEnd> {
  let end: UpgradeEnd = { output: 'no end' }
  await onUpgradeStage(
    async ({ embedded }) => {
      const before = look(embedded, OLD)
      const between = await startBetween(embedded, nth, strike)
      const timeouts = { answer: PATIENCE_MS, enable: PATIENCE_MS, pull: PATIENCE_MS }
      const connected = connect({ host: between.host, env: {}, timeouts })
      const engine = { ...connected, configured: async () => undefined }
      try {
        const written: unknown[] = []
        const whole: UpgradeOptions = {
          name: OLD,
          settings: { LEVEL: { value: SECRET, secret: true } },
          consent: () => ({ granted: true, replace: true }),
          credentials: () => undefined,
          policy: { retry: { attempts: 1 } },
          journal: (snapshot) => void written.push(snapshot),
          ...options,
        }
        const flow = startUpgrade(engine, whole, toInput(whole), { time: briefTime })
        const ended = await within(flow.result)
        const { output = 'no end' } = flow.actor.getSnapshot()
        const thrown = isUpgradeError(ended) ? undefined : ended
        const shown = inspect([output, ended, written], { depth: null })
        const quoted = shown.includes(SECRET) ? 'a secret is shown' : undefined
        const problem =
          quoted ?? (output === 'no end' ? undefined : untruth(embedded, output, before))
        end = { output, ...defined({ thrown, struck: between.struck(), problem }) }
      } finally {
        connected.close()
        await between.close()
      }
    },
    { settings: OWNERS },
  )
  return end
}

/** The end of the flow: an error, or `undefined`. */
async function within(result: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, LIMIT_MS)
  })
  const ended = await Promise.race([
    result.then(
      () => undefined,
      (error: unknown) => error,
    ),
    late,
  ])
  clearTimeout(timer)
  return ended
}

/** How the outcome differs from what the engine has. */
function untruth(
  embedded: EmbeddedEngine,
  output: UpgradeOutput,
  before: Observed | undefined,
): string | undefined {
  const leftover = output.state === 'done' ? output.plugin.leftover : output.leftover
  const copies = embedded.plugins().filter(({ Name }) => Name.startsWith('plugin-flow/upgrade-'))
  if (copies.some(({ Name }) => Name !== leftover?.name)) return 'a copy is left, and not named'
  const now = look(embedded, OLD)
  if (!before) return 'there was no plugin'
  if (output.state === 'stranded') {
    const isOld = now !== undefined && sameContent(now.config, before.config)
    const is = now ? (isOld ? 'old' : 'new') : 'gone'
    const isUnsure = output.version === 'unknown' || output.version === 'other'
    return isUnsure || output.version === is ? undefined : `it is ${is}`
  }
  if (!now) return 'it is gone'
  if (now.enabled !== before.enabled) return `it is ${now.enabled ? 'enabled' : 'disabled'}`
  if (output.state === 'done') {
    const plugin = embedded.plugins().find(({ Name }) => Name === OLD)
    const isSet = plugin?.Settings.Env?.includes(`LEVEL=${SECRET}`)
    return isSet && !sameContent(now.config, before.config) ? undefined : 'it is not as planned'
  }
  const unlike = differences(before.effect, now.effect).filter((one) => !isRemnant(before, one))
  if (unlike.length > 0) return `other than before: ${unlike.map(({ name }) => name)}`
  return sameContent(now.config, before.config) ? undefined : 'it is not the old version'
}

/** Stands between a client and the engine, and strikes one answer. */
async function startBetween(embedded: EmbeddedEngine, nth: number, strike: Strike) {
  const sockets = new Set<Socket>()
  let count = 0
  let struck: string | undefined
  const pass = async (socket: Socket, method: string, path: string, body: string) => {
    const answer = await forward(embedded, method, path, body).catch(() => undefined)
    if (!answer) return socket.destroy()
    if (count++ !== nth) return socket.write(answerBytes(answer))
    struck = `${method} ${path}`
    return strike(socket, answer)
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    readRequests(socket, (...request) => void pass(socket, ...request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    struck: () => struck,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function forward(embedded: EmbeddedEngine, method: string, path: string, body: string) {
  return new Promise<WireAnswer>((resolve, reject) => {
    const socketPath = embedded.host.replace('unix://', '')
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const sent = request({ socketPath, method, path, headers, agent: false }, async (heard) => {
      const pieces: Buffer[] = []
      for await (const piece of heard) pieces.push(piece)
      const kept = Object.entries(heard.headersDistinct).flatMap(([name, values = []]) =>
        /^(connection|transfer-encoding|content-length|keep-alive)$/.test(name)
          ? []
          : values.map((value): [string, string] => [name, value]),
      )
      const status = heard.statusCode ?? 500
      const length = String(Buffer.concat(pieces).length)
      const framed: [string, string][] = status === 204 ? [] : [['content-length', length]]
      resolve({ status, reason: 'Simulated', headers: [...kept, ...framed], pieces })
    })
    sent.on('error', reject).end(Buffer.from(body, 'latin1'))
  })
}
