import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import { shortageOf } from '../../../machines/shortage.ts'

/** The meaning of the codes of Node.js and OpenSSL for a person. */
const TRANSPORT: readonly [codes: readonly string[], code: ObstacleCode, why: string][] = [
  [['ENOENT', 'ENOTDIR'], 'engine-unreachable', 'there is no such socket'],
  [['ECONNREFUSED'], 'engine-unreachable', 'nothing listens there'],
  [['ENOTFOUND'], 'engine-unreachable', 'the name of the host is not known'],
  [['EAI_AGAIN'], 'engine-unreachable', 'the name of the host could not be looked up'],
  [['EHOSTUNREACH', 'ENETUNREACH'], 'engine-unreachable', 'there is no way to the host'],
  [['ETIMEDOUT'], 'engine-unreachable', 'it did not take the connection in time'],
  [
    ['EACCES', 'EPERM'],
    'engine-access-denied',
    'this user may not use the socket (on Linux: the group docker)',
  ],

  [['CERT_HAS_EXPIRED'], 'engine-not-trusted', 'its certificate has expired: it needs a new one'],
  [
    ['CERT_NOT_YET_VALID'],
    'engine-not-trusted',
    'its certificate is not valid yet: check the clocks of both hosts',
  ],
  [['CERT_REVOKED'], 'engine-not-trusted', 'its certificate was revoked'],
  [['INVALID_PURPOSE'], 'engine-not-trusted', 'its certificate is not one for a server'],
  [
    ['ERR_TLS_CERT_ALTNAME_INVALID'],
    'engine-not-trusted',
    'its certificate is for another host: use the name that is in it, if this is the engine that is meant',
  ],
  [
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERT_SIGNATURE_FAILURE',
      'CERT_UNTRUSTED',
      'INVALID_CA',
    ],
    'engine-not-trusted',
    'its certificate is not signed by the CA that is trusted for it',
  ],
  [
    // Of what Node.js has no code for, as a signature by SHA-1, it says UNSPECIFIED.
    ['UNSPECIFIED', 'CERT_REJECTED', 'CERT_CHAIN_TOO_LONG', 'PATH_LENGTH_EXCEEDED'],
    'engine-not-trusted',
    'its certificate is too weak, or not made as it should be: it needs another one',
  ],
]

const NOT_LET_IN =
  "it does not let this client in: it wants a client's certificate, or another one than it got"

/** The words of OpenSSL about a handshake; Node.js puts it into a code, or into the message alone. */
const HANDSHAKE: readonly [words: RegExp, code: ObstacleCode, why: string][] = [
  [
    /WRONG.VERSION.NUMBER|PACKET.LENGTH.TOO.LONG|HTTP.REQUEST/i,
    'engine-protocol',
    'it speaks no TLS',
  ],
  [
    /UNSUPPORTED.PROTOCOL|PROTOCOL.VERSION/i,
    'engine-protocol',
    'it speaks no version of TLS that is spoken here',
  ],
  [
    /ALERT.CERTIFICATE.EXPIRED/i,
    'engine-access-denied',
    "the client's certificate has expired: it needs a new one",
  ],
  [
    /ALERT.*(?:CERTIFICATE|UNKNOWN.CA|ACCESS.DENIED|HANDSHAKE.FAILURE)/i,
    'engine-access-denied',
    NOT_LET_IN,
  ],
]

/**
 * The reason why a connection could not be made, or broke; of the host, unless the code is another one.
 * An unknown failure may pass by itself.
 *
 * @param words of the error; they are looked at and not shown
 */
export function transportFailure(code: string, words: string): Obstacle {
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return handshakeFailure(`${code} ${words}`)
  const known = TRANSPORT.find(([codes]) => codes.includes(code))
  if (known) return { code: known[1], why: known[2] }
  const shortage = shortageOf(code)
  if (shortage !== undefined) return { code: 'host-exhausted', why: shortage }
  return { code: 'engine-unreachable', why: code || 'it cannot be used' }
}

function handshakeFailure(said: string): Obstacle {
  const known = HANDSHAKE.find(([phrase]) => phrase.test(said))
  if (known) return { code: known[1], why: known[2] }
  return { code: 'engine-unreachable', why: 'it does not speak TLS as it should' }
}

/** An obstacle on the way to an engine. */
export interface Obstacle {
  code: ObstacleCode
  /** Completes the sentence of its code, in words for a person: no secret is in them. */
  why: string
}

/** `{host}` is filled in, and what is in the way follows. */
export const obstacleSentences = {
  'engine-unreachable': 'no Docker Engine answers at {host}: ',
  'engine-not-trusted': 'what answers at {host} is not trusted: ',
  'engine-access-denied': 'no access to the engine at {host}: ',
  'engine-protocol': 'no Docker Engine answers at {host}: ',
  'host-exhausted': 'no connection to {host} can be opened: ',
  'invalid-configuration': 'no Docker Engine answers at {host}: ',
} as const satisfies Partial<Record<InstallErrorCode, string>>

export type ObstacleCode = keyof typeof obstacleSentences

/** The way to an engine cannot be gone: no connection was made. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure'
  readonly code = 'ECONNECTFAILED'
  readonly obstacle: Obstacle

  constructor(obstacle: Obstacle) {
    super(obstacle.why)
    this.obstacle = obstacle
  }
}
