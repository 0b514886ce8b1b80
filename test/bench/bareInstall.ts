import { type Agent, request } from 'node:http'

export interface BareEngine {
  socketPath: string
  /** Kept alive. */
  agent: Agent
}

interface Call {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
  /** Other than a status of 200 to 299 that is an answer, too. */
  accepts?: number
}

/**
 * The calls of a flow and nothing else: the same requests in the same order, as many at once, and the
 * same answers parsed. It trusts every answer, grants what is asked and takes nothing back.
 */
export async function bareInstall(engine: BareEngine, remote: string, name: string): Promise<void> {
  await callText(engine, { method: 'GET', path: '/_ping' })
  const [privileges] = await Promise.all([
    callJson(engine, get(`/plugins/privileges?remote=${encodeURIComponent(remote)}`)),
    // To a registry that it cannot look at, an engine answers this one with 500.
    callJson(engine, { ...get(`/distribution/${remote}/json`), accepts: 500 }),
    callJson(engine, { ...get(`/plugins/${name}/json`), accepts: 404 }),
  ])
  const names = `remote=${encodeURIComponent(remote)}&name=${encodeURIComponent(name)}`
  await callLines(engine, post(`/plugins/pull?${names}`, privileges ?? []))
  const { Id } = (await callJson(engine, get(`/plugins/${name}/json`))) as { Id: string }
  await callText(engine, post(`/plugins/${Id}/enable?timeout=0`))
  await callJson(engine, get(`/plugins/${Id}/json`))
}

function get(path: string): Call {
  return { method: 'GET', path: `/v1.41${path}` }
}

function post(path: string, body?: unknown): Call {
  return { method: 'POST', path: `/v1.41${path}`, ...(body === undefined ? {} : { body }) }
}

async function callText(engine: BareEngine, sent: Call): Promise<string> {
  let text = ''
  await call(engine, sent, (piece) => {
    text += piece
  })
  return text
}

async function callJson(engine: BareEngine, sent: Call): Promise<unknown> {
  return JSON.parse(await callText(engine, sent))
}

async function callLines(engine: BareEngine, sent: Call): Promise<void> {
  let rest = ''
  await call(engine, sent, (piece) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (JSON.parse(line).error) throw new Error(`the pull failed: ${line}`)
    }
  })
}

function call(
  { socketPath, agent }: BareEngine,
  { method, path, body, accepts }: Call,
  take: (piece: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      Host: 'docker',
      Accept: 'application/json',
      ...(text === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
    }
    const sent = request({ socketPath, agent, method, path, headers }, (answer) => {
      const status = answer.statusCode ?? 0
      if ((status < 200 || status > 299) && status !== accepts) {
        answer.resume()
        reject(new Error(`${method} ${path}: ${status}`))
        return
      }
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        try {
          take(piece)
        } catch (error) {
          reject(error)
        }
      })
      answer.on('error', reject)
      answer.on('end', resolve)
    })
    sent.on('error', reject)
    sent.end(text)
  })
}
