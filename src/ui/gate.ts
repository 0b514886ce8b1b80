import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Why a request is not answered. */
export interface Refusal {
  status: number
  message: string
}

/** Keeps everybody out but the one browser that came with the token. */
export interface Gate {
  /** What the address that is printed ends with; good for one visit. */
  readonly token: string
  /** Whether the request was sent by our own page, to our own name. */
  check(request: IncomingMessage, port: number): Refusal | undefined
  /** Takes the token, once, for a cookie. `false`: it is another, or was taken before. */
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
      // A name that resolves to this machine is somebody else's page (DNS rebinding).
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

/** Cookies know no ports: two servers must not take each other's away. */
function cookieName(port: number): string {
  return `plugin-flow-${port}`
}

function foreign(): Refusal {
  return refuse(403, 'this request comes from another page')
}

function refuse(status: number, message: string): Refusal {
  return { status, message }
}

/** In the same time, whatever is given. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
