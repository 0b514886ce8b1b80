import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Why a request is not answered. */
export interface Refusal {
  status: number
  message: string
}

const SCHEME = 'Bearer '

/**
 * Admits requests that have the token in a header, and no others. A browser adds no such header by itself: a
 * cookie would go to every server on this address, regardless of its port, and those may belong to other users.
 */
export function createGate() {
  const token = randomBytes(24).toString('base64url')
  return {
    /** Good for as long as the server runs. Only the fragment of an address may hold it, which is never sent. */
    token,
    /** Refuses a request that was not sent to our own name, or that another page has sent. */
    check({ method = '', headers }: IncomingMessage, port: number): Refusal | undefined {
      const host = `127.0.0.1:${port}`
      const { origin } = headers
      // Under another name that resolves to this machine, the page is a foreign one (DNS rebinding).
      if (headers.host !== host) return refuse(421, `this server is http://${host} only`)
      if (origin !== undefined && origin !== `http://${host}`) return foreign()
      const changes = method !== 'GET' && method !== 'HEAD'
      if (changes && origin === undefined) return foreign()
      return undefined
    },
    /** Refuses a request without the token. */
    authorize({ headers }: IncomingMessage): Refusal | undefined {
      const { authorization = '', 'sec-fetch-site': site } = headers
      if (site !== undefined && site !== 'same-origin') return foreign()
      const isGiven = authorization.startsWith(SCHEME)
      if (isGiven && isSame(authorization.slice(SCHEME.length), token)) return undefined
      return refuse(403, 'open the address that plugin-flow ui printed')
    },
  }
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
