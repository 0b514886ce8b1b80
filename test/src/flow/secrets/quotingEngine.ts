import { computePrivileges } from '../../../../machines/privileges.ts'
import { answerJSON, answerPing, type Handler } from '../../../support/engineServer.ts'
import { samplePlugin } from '../../../support/samples.ts'

/** Calls of an engine that can fail, in the order of an install; `stream` after a pull has begun. */
export const stages = [
  'ping',
  'privileges',
  'distribution',
  'inspect',
  'pull',
  'stream',
  'set',
  'enable',
  'delete',
] as const

export type Stage = (typeof stages)[number]

export interface Quoting {
  fails?: Stage | undefined
  /** Quotes in what decides, too: the values of privileges, the settings and the config of a plugin. */
  lies?: boolean
  /** Credentials other than these are refused. Default: whatever comes is taken. */
  accepts?: string | undefined
}

const digest = `sha256:${'c5'.repeat(32)}`

/**
 * An engine that quotes, wherever it can say something, all that it has heard so far: headers, bodies,
 * and what is in them.
 */
export function quotingEngine({ fails, lies = false, accepts = '' }: Quoting): Handler {
  const heard = new Set<string>()
  let isInstalled = false
  // An installed plugin changes by a set only.
  let installed: ReturnType<typeof pluginQuoting> | undefined
  return (request, response) => {
    for (const text of Object.values(request.headers)) if (text) takeIn(text, heard)
    takeIn(request.body, heard)
    const quote = inFormsOf([...heard].filter(isSecret).reverse())
    response.setHeader('Docker-Plugin-Name', inHeader(quote))
    const stage = stageOf(request.method, request.url)
    // Nothing is removed where nothing has failed.
    const isFailing = stage === fails || (fails === 'delete' && stage === 'enable')
    if (isFailing && stage !== 'stream') return refuse(response, quote)
    const auth = Buffer.from(request.headers['x-registry-auth'] ?? '', 'base64url').toString()
    const isRefused = !auth.includes(JSON.stringify(accepts).slice(1, -1))
    switch (stage) {
      case 'ping':
        return answerPing(response, '1.41', `20.10.24/${inHeader(quote)}`)
      case 'privileges':
        if (isRefused) return answerJSON(response, 200, [])
        return answerJSON(response, 200, [
          { Name: 'network', Description: quote, Value: lies ? ['host', quote] : ['host'] },
        ])
      case 'distribution':
        if (isRefused) return answerJSON(response, 401, { message: `unauthorized: ${quote}` })
        return answerJSON(response, 200, { Descriptor: { digest } })
      case 'inspect':
        if (!isInstalled) return answerJSON(response, 404, { message: 'plugin "a" not found' })
        installed ??= pluginQuoting(quote, lies)
        return answerJSON(response, 200, installed)
      case 'set':
        if (installed) {
          const others = installed.Settings.Env.filter((line) => line.startsWith('OTHER='))
          installed.Settings.Env = [...JSON.parse(request.body), ...others]
        }
        return response.writeHead(204).end()
      case 'pull':
      case 'stream':
        isInstalled = fails !== 'stream'
        return answerPull(response, quote, fails === 'stream')
      case 'delete':
        isInstalled = false
        return response.writeHead(200).end()
      default:
        return response.writeHead(204).end()
    }
  }
}

function stageOf(method: string, url: string): Stage | undefined {
  if (url === '/_ping') return 'ping'
  if (url.includes('/privileges?')) return 'privileges'
  if (url.includes('/distribution/')) return 'distribution'
  if (url.includes('/plugins/pull?')) return 'pull'
  if (url.endsWith('/set')) return 'set'
  if (url.includes('/enable?')) return 'enable'
  return method === 'DELETE' ? 'delete' : 'inspect'
}

/** Keeps what was sent, and what is in it: credentials are JSON in base64, settings a list of them. */
function takeIn(text: string, heard: Set<string>): void {
  heard.add(text)
  for (const inner of [text, Buffer.from(text, 'base64url').toString()]) {
    try {
      for (const value of Object.values(JSON.parse(inner) ?? {})) {
        if (typeof value !== 'string') continue
        heard.add(value)
        heard.add(value.slice(value.indexOf('=') + 1))
      }
    } catch {
      // Not JSON: there is nothing more in it.
    }
  }
}

function isSecret(text: string): boolean {
  return [text, Buffer.from(text, 'base64url').toString()].some((each) => each.includes('pl4nted'))
}

/** Longer than a message may be, so that it is cut somewhere in the middle. */
function inFormsOf(heard: readonly string[]): string {
  const forms = heard.flatMap((text) => [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64'),
    JSON.stringify(text),
  ])
  return `${'it said '.repeat(30)}${forms.join(' and ')}`
}

function inHeader(quote: string): string {
  return quote.replace(/[^\x21-\x7e]/g, '').slice(0, 8_000)
}

/** With every letter as its number, which JSON allows. */
function refuse(response: Parameters<Handler>[1], quote: string): void {
  const escaped = [...quote]
    .map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
  response.writeHead(500, { 'Content-Type': 'application/json' })
  response.end(`{"message":"${escaped}"}\n`)
}

function answerPull(response: Parameters<Handler>[1], quote: string, fails: boolean): void {
  const lines = [
    { id: quote, status: 'Downloading', progressDetail: { current: 1, total: 2 } },
    ...quote.split(' and ').map((id) => ({ id, status: 'Downloading', progress: quote })),
    { status: `Digest: ${digest}` },
    ...(fails ? [{ error: quote, errorDetail: { message: quote } }] : [{ status: quote }]),
  ]
  response.end(lines.map((line) => `${JSON.stringify(line)}\r\n`).join(''))
}

function pluginQuoting(quote: string, lies: boolean) {
  const plugin = samplePlugin({ PluginReference: 'registry.example/acme/volume:1.0' })
  const Env = [{ Name: 'TOKEN', Description: quote, Settable: ['value'], Value: lies ? quote : '' }]
  const Config = { ...plugin.Config, Description: quote, Env }
  const Settings = { ...plugin.Settings, Env: [`TOKEN=${quote}`, `OTHER=${quote}`], Args: [quote] }
  return { ...plugin, Config: lies ? { ...Config, [quote]: quote } : Config, Settings }
}

/** The privileges that a host has to agree to so that an install goes through. */
export const askedPrivileges = computePrivileges(samplePlugin().Config)
