import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, extname, join } from 'node:path'
import { escapeText } from '../text/xml.ts'
import { createGate, type Refusal } from './gate.ts'
import { type FieldError, sendJson } from './json.ts'

export interface PageFile {
  type: string
  content: Buffer
}

/** The files of the pages, by name. They hold no data, and are served without the token. */
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
  /** The routes, by the first part of the path. They are for requests with the token. */
  routes: ReadonlyMap<string, Route>
}

export interface ServedPage {
  /** With the token in its fragment, which a browser keeps to itself. */
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

/** Serves a page on 127.0.0.1 alone, to those who have its address. Rejects when it cannot listen there. */
export async function servePage({ port, files, page, routes }: PageOptions): Promise<ServedPage> {
  const gate = createGate()
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      if (response.headersSent) response.destroy()
      else if (!(error instanceof RangeError)) {
        sendJson(response, 500, { message: 'the server failed' })
      } else {
        const { field, index } = error as Partial<FieldError>
        sendJson(response, 400, { message: error.message, field, index })
      }
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: bound } = server.address() as AddressInfo
  const address = `http://127.0.0.1:${bound}`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const refusal = gate.check(request, bound)
    if (refusal) return sendRefusal(request, response, refusal)
    const { url = '' } = request
    // `//host/` names another host, and what has no slash is for a proxy.
    if (!url.startsWith('/')) return sendRefusal(request, response, NOT_FOUND)
    const { pathname } = new URL(`${address}${url}`)
    const [first = '', ...rest] = pathname.split('/').slice(1)
    const route = routes.get(first)
    if (route) {
      const locked = gate.authorize(request)
      return locked ? sendRefusal(request, response, locked) : route(rest, request, response)
    }
    const file = files.get(first === '' ? page : first)
    if (!file || rest.length > 0) return sendRefusal(request, response, NOT_FOUND)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendRefusal(request, response, NOT_ALLOWED)
    }
    response.writeHead(200, { 'Content-Type': file.type }).end(file.content)
  }

  return {
    url: `${address}/#token=${gate.token}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const NOT_FOUND: Refusal = { status: 404, message: 'not found' }
const NOT_ALLOWED: Refusal = { status: 405, message: 'the method is not allowed' }

/** Tells a person, who opened an address, in a page; and a script in JSON. */
function sendRefusal(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { status, message }: Refusal,
): void {
  if (!headers.accept?.includes('text/html')) {
    sendJson(response, status, { message })
    return
  }
  const text = escapeText(message)
  response
    .writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' })
    .end(`<!doctype html><html lang="en"><title>plugin-flow</title><h1>plugin-flow</h1><p>${text}`)
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * Reads the page of the package that this file is part of, built or not.
 *
 * @throws Error when the page was not built
 */
export async function readPageFiles(from: string = import.meta.dirname): Promise<PageFiles> {
  const folder = findPage(from)
  if (!folder) throw new Error('the page is not built: npm run build')
  return readFolder(folder)
}

/** The files of a folder that a page consists of. */
export async function readFolder(folder: string): Promise<PageFiles> {
  const names = (await readdir(folder)).filter((name) => extname(name) in TYPES)
  const files = names.map(async (name) => {
    const content = await readFile(join(folder, name))
    return [name, { type: TYPES[extname(name)] ?? '', content }] as const
  })
  return new Map(await Promise.all(files))
}

function findPage(from: string): string | undefined {
  const folder = join(from, 'dist/ui')
  if (existsSync(join(folder, 'index.html'))) return folder
  return dirname(from) === from ? undefined : findPage(dirname(from))
}
