import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type Answers, installAnswers, REFERENCE, type Role } from './recordedInstall.ts'
import { answerBytes, recordedAnswer, type WireAnswer } from './wireAnswer.ts'

/** The fate of the change that the engine was asked for when its answer is struck. */
export type Deed = 'does it' | 'does it late' | 'gives it up'

/** Takes the place of an answer. It may write what it likes, and end or destroy the socket. */
export type Strike = (socket: Socket, answer: WireAnswer) => unknown

/** Where the wire is struck. */
export interface WireFault {
  role: Role
  strike: Strike
  /** Every answer of this role, and not only the first. */
  always?: boolean
  /** Default `does it`. */
  deed?: Deed
}

/** An engine made of recorded answers: it knows one plugin, and whether that is installed. */
export interface RecordedEngine {
  readonly host: string
  /** The plugin installed now. */
  plugin(): { enabled: boolean; set: boolean } | undefined
  /** `METHOD PATH`, without the API version. */
  readonly requests: readonly string[]
  /** Resolves when the engine has done all that it will. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** `look`: at what a set has changed, or again at what was installed; no fault strikes it. */
type Asked = Role | 'look'

/** How much later `does it late` is. */
const LATE_MS = 300

/** Listens on a loopback port, and answers as the recordings of one install do, but for the faults. */
export async function startRecordedEngine(
  story: 'succeeds' | 'fails',
  faults: readonly WireFault[],
): Promise<RecordedEngine> {
  const answers = installAnswers(story)
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const late = new Set<Promise<void>>()
  const wasAsked = { pull: 0, inspects: 0, enable: 0, delete: 0 }
  let plugin: { enabled: boolean; set: boolean } | undefined
  const struck = new Set<WireFault>()

  const change = (role: Asked) => {
    if (role === 'pull') plugin = { enabled: false, set: false }
    if (role === 'delete') plugin = undefined
    if (role === 'set' && plugin) plugin = { ...plugin, set: true }
    if (role === 'enable' && plugin && story === 'succeeds') plugin = { ...plugin, enabled: true }
  }
  const roleOf = (method: string, path: string): Asked => {
    if (path === '/_ping') return 'ping'
    if (path.startsWith('/plugins/privileges')) return 'privileges'
    if (path.startsWith('/distribution/')) return 'distribution'
    if (method === 'DELETE') return 'delete'
    if (method === 'POST') return /\/(pull|set|enable)(\?|$)/.exec(path)?.[1] as Role
    if (wasAsked.pull === 0) return 'inspect'
    if (wasAsked.delete > 0) return 'gone'
    if (wasAsked.inspects === 0) return 'verify'
    return wasAsked.enable === 0 ? 'look' : 'find'
  }
  const answerTo = (role: Asked, path: string): WireAnswer => {
    const named = path.includes(REFERENCE) || path.includes(answers.id)
    if (role === 'ping' || role === 'privileges' || role === 'distribution' || role === 'pull') {
      return answers.of[role]
    }
    return plugin && named ? shownTo(role, answers, plugin) : missing(path)
  }

  const handle = (socket: Socket, method: string, path: string) => {
    requests.push(`${method} ${path}`)
    const role = roleOf(method, path)
    const answer = answerTo(role, path)
    const fault = faults.find((each) => each.role === role && (each.always || !struck.has(each)))
    if (role === 'pull') wasAsked.pull++
    if (role === 'delete') wasAsked.delete++
    if (role === 'enable') wasAsked.enable++
    if (role === 'verify') wasAsked.inspects++
    const deed = fault?.deed ?? 'does it'
    const changed = answer.status < 400 || role === 'enable'
    if (changed && deed === 'does it') change(role)
    if (changed && deed === 'does it late') late.add(later(() => change(role)))
    if (!fault) return void socket.write(answerBytes(answer))
    struck.add(fault)
    fault.strike(socket, answer)
  }

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    readRequests(socket, (method, path) => handle(socket, method, path))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plugin: () => plugin,
    requests,
    settled: async () => void (await Promise.all(late)),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function shownTo(
  role: Asked,
  { of, inspected }: Answers,
  plugin: { enabled: boolean; set: boolean },
): WireAnswer {
  if (role === 'look') return inspected(plugin)
  const isInspect = ['inspect', 'verify', 'find', 'gone'].includes(role)
  return isInspect ? inspected(plugin) : of[role]
}

function missing(path: string): WireAnswer {
  const name = path.replace(/^\/plugins\//, '').replace(/(\/(json|set|enable))?(\?.*)?$/, '')
  return recordedAnswer('inspect.missing', ['127.0.0.1:5055/acme/nosuch:1.0', name])
}

function later(act: () => void): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      act()
      resolve()
    }, LATE_MS)
  })
}

/** The client sends a head, and a body of a known length: nothing else has to be understood. */
export function readRequests(
  socket: Socket,
  take: (method: string, path: string, body: string) => void,
): void {
  let received = ''
  socket.setEncoding('latin1').on('data', (text) => {
    received += text
    for (;;) {
      const end = received.indexOf('\r\n\r\n')
      if (end === -1) return
      const head = received.slice(0, end)
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
      if (received.length < end + 4 + length) return
      const body = received.slice(end + 4, end + 4 + length)
      received = received.slice(end + 4 + length)
      const [method = '', url = ''] = head.split(' ', 2)
      take(method, url.replace(/^\/v[\d.]+(?=\/)/, ''), body)
    }
  })
}
