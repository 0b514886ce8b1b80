import { EngineError } from '../../../machines/errors.ts'
import { quoted } from '../../../machines/text.ts'

/** Headers that the connection sets itself: another value would break a request, or an answer. */
const RESERVED: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-registry-auth',
])

export function isReservedHeader(name: string): boolean {
  return RESERVED.has(name.toLowerCase())
}

/** Names that axios drops without a word. */
const DROPPED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Whether HTTP takes it: a token for the name, and a value without line breaks. */
export function isHeader(name: string, value: unknown): value is string {
  return (
    /^[!#$%&'*+.^_`|~\w-]+$/.test(name) &&
    !DROPPED.has(name) &&
    typeof value === 'string' &&
    /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
  )
}

/** @throws EngineError `invalid-option` naming a header that cannot be sent; never its value */
export function checkHeaders(headers: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const why = isReservedHeader(name)
      ? 'the connection sets it itself'
      : isHeader(name, value)
        ? undefined
        : 'HTTP does not take its name or its value'
    if (why === undefined) continue
    throw new EngineError(
      'invalid-option',
      `the header ${quoted(name, 100)} cannot be sent: ${why}`,
    )
  }
}

const MIN_LENGTH = 4

/** The parts of headers that may not be shown: their values, the part that counts of `Bearer …`, a password. */
export function secretsInHeaders(headers: Readonly<Record<string, string>>): string[] {
  return Object.values(headers)
    .flatMap((value) => {
      const [, scheme = '', token = ''] = /^(\w+) +(\S+)$/.exec(value) ?? []
      const password =
        scheme.toLowerCase() === 'basic'
          ? Buffer.from(token, 'base64')
              .toString('utf8')
              .replace(/^[^:]*:/, '')
          : ''
      return [value, token, password]
    })
    .filter((secret) => secret.length >= MIN_LENGTH)
}
