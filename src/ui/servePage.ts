import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { createGate, type Gate } from './gate.ts'
import { sendJson } from './json.ts'

export interface PageFile {
  type: string
  content: Buffer
}

/** The files of the pages, by name. */
export type PageFiles = ReadonlyMap<string, PageFile>

/** Answers requests below a path. @throws RangeError on a bad request */
export type Route = (
  path: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> | void

export interface PageOptions {
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
  files: PageFiles
  /** The file that is served at `/`. */
  page: string
  /** The routes, by the first part of the path. */
  routes: ReadonlyMap<string, Route>
}

export interface ServedPage {
  /** With the token: good for one visit. */
  readonly url: string
  /** Ends every connection. */
  close(): Promise<void>
}

const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/** Serves a page on 127.0.0.1 alone, to one browser. Rejects when it cannot listen there. */
export async function servePage({ port, files, page, routes }: PageOptions): Promise<ServedPage> {
  const gate = createGate()
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      const status = error instanceof RangeError ? 400 : 500
      const message = error instanceof RangeError ? error.message : 'the server failed'
      if (response.headersSent) response.destroy()
      else sendJson(response, status, { message })
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: bound } = server.address() as AddressInfo
  const address = `http://127.0.0.1:${bound}`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const refusal = gate.check(request, bound)
    if (refusal) return sendJson(response, refusal.status, { message: refusal.message })
    const url = new URL(request.url ?? '/', address)
    const token = url.searchParams.get('token')
    if (token !== null) return enter(gate, token, request, response, bound)
    if (!gate.isOpen(request, bound)) return sendJson(response, 403, { message: LOCKED })
    const [first = '', ...rest] = url.pathname.split('/').slice(1)
    const route = routes.get(first)
    if (route) return route(rest, request, response)
    const file = files.get(first === '' ? page : first)
    if (!file || rest.length > 0) return sendJson(response, 404, { message: 'not found' })
    response.writeHead(200, { 'Content-Type': file.type }).end(file.content)
  }

  return {
    url: `${address}/?token=${gate.token}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const LOCKED = 'open the address that plugin-flow ui printed; it is good for one visit'

/** Redirects to an address without the token, since browsers keep addresses. A browser with the cookie may use it again. */
function enter(
  gate: Gate,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
): void {
  const mayEnter = gate.exchange(token, response, port) || gate.isOpen(request, port)
  if (mayEnter) response.writeHead(303, { Location: '/' }).end()
  else sendJson(response, 403, { message: LOCKED })
}

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'machine.html': 'text/html; charset=utf-8',
  'machine.js': 'text/javascript; charset=utf-8',
}

/**
 * Reads the page of the package that this file is part of, built or not.
 *
 * @throws Error when the page was not built
 */
export async function readPageFiles(from: string = import.meta.dirname): Promise<PageFiles> {
  const folder = findPage(from)
  if (!folder) throw new Error('the page is not built: npm run build')
  const files = Object.entries(TYPES).map(async ([name, type]) => {
    const content = await readFile(join(folder, name))
    return [name, { type, content }] as const
  })
  return new Map(await Promise.all(files))
}

function findPage(from: string): string | undefined {
  const folder = join(from, 'dist/ui')
  if (existsSync(join(folder, 'index.html'))) return folder
  return dirname(from) === from ? undefined : findPage(dirname(from))
}
