import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Why a request is not answered. */
export interface Refusal {
  status: number
  message: string
}

/** Admits the one browser that came with the token, and no other. */
export interface Gate {
  /** The end of the printed address; good for one visit. */
  readonly token: string
  /** Refuses a request that was not sent by our own page, to our own name. */
  check(request: IncomingMessage, port: number): Refusal | undefined
  /** Exchanges the token, once, for a cookie. `false` for another token, or one that was used before. */
  exchange(token: string, response: ServerResponse, port: number): boolean
  /** Whether the request has the cookie. */
  isOpen(request: IncomingMessage, port: number): boolean
}

export function createGate(): Gate {
  const token = randomBytes(24).toString('base64url')
  const session = randomBytes(24).toString('base64url')
  let isSpent = false
  return {
    token,
    check({ method = '', headers }, port) {
      const host = `127.0.0.1:${port}`
      const { origin } = headers
      // Under another name that resolves to this machine, the page is a foreign one (DNS rebinding).
      if (headers.host !== host) return refuse(421, `this server is http://${host} only`)
      if (origin !== undefined && origin !== `http://${host}`) return foreign()
      const changes = method !== 'GET' && method !== 'HEAD'
      if (changes && origin === undefined) return foreign()
      const site = headers['sec-fetch-site']
      if (changes && site !== undefined && site !== 'same-origin') return foreign()
      return undefined
    },
    exchange(given, response, port) {
      if (isSpent || !isSame(given, token)) return false
      isSpent = true
      const cookie = `${cookieName(port)}=${session}; HttpOnly; SameSite=Strict; Path=/`
      response.setHeader('Set-Cookie', cookie)
      return true
    },
    isOpen({ headers }, port) {
      const cookies = (headers.cookie ?? '').split(';').map((text) => text.trim())
      const name = `${cookieName(port)}=`
      return cookies.some(
        (text) => text.startsWith(name) && isSame(text.slice(name.length), session),
      )
    },
  }
}

/** Cookies are shared between ports: two servers must not replace each other's. */
function cookieName(port: number): string {
  return `plugin-flow-${port}`
}

function foreign(): Refusal {
  return refuse(403, 'this request comes from another page')
}

function refuse(status: number, message: string): Refusal {
  return { status, message }
}

/** Takes the same time for every text. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
