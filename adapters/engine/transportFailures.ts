/** What the codes of Node.js and OpenSSL mean for a person. Of the host, unless the code is another one. */
const TRANSPORT: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ENOTDIR: 'there is no such socket',
  ECONNREFUSED: 'nothing listens there',
  EACCES: 'this user may not use the socket (on Linux: the group docker)',
  EPERM: 'this user may not use the socket (on Linux: the group docker)',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host could not be looked up',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the host',
  ETIMEDOUT: 'it did not take the connection in time',

  CERT_HAS_EXPIRED: 'its certificate has expired: it needs a new one',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: check the clocks of both hosts',
  CERT_REVOKED: 'its certificate was revoked',
  INVALID_PURPOSE: 'its certificate is not one for a server',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another host: use the name that is in it, if this is the engine that is meant',
}

/** The engine's certificate is not of the CA that it should be of. */
const FOREIGN: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
])

const NOT_LET_IN =
  "it does not let this client in: it wants a client's certificate, or another one than it got"

/** What OpenSSL says of a handshake; Node.js puts it into a code, or into the message alone. */
const HANDSHAKE: readonly [words: RegExp, why: string][] = [
  [/WRONG.VERSION.NUMBER|PACKET.LENGTH.TOO.LONG|HTTP.REQUEST/i, 'it speaks no TLS'],
  [/UNSUPPORTED.PROTOCOL|PROTOCOL.VERSION/i, 'it speaks no version of TLS that is spoken here'],
  [/ALERT.CERTIFICATE.EXPIRED/i, "the client's certificate has expired: it needs a new one"],
  [/ALERT.*(?:CERTIFICATE|UNKNOWN.CA|ACCESS.DENIED|HANDSHAKE.FAILURE)/i, NOT_LET_IN],
]

/**
 * Completes "no Docker Engine answers at HOST: …".
 *
 * @param words of the error; they are looked at and not shown
 */
export function transportFailure(code: string, words: string): string {
  if (FOREIGN.has(code)) return 'its certificate is not signed by the CA that is trusted for it'
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    const known = HANDSHAKE.find(([phrase]) => phrase.test(`${code} ${words}`))
    return known?.[1] ?? 'it does not speak TLS as it should'
  }
  return TRANSPORT[code] ?? (code || 'it cannot be used')
}
