import { EngineError } from '../../machines/errors.ts'

/** Where a queue is. */
export interface QueueAddress {
  kind: 'redis' | 'postgres'
  /** May have a password in it: for the driver alone. */
  url: string
  /** Without user, password and parameters. */
  shown: string
  /** Texts that no message may contain. */
  secrets: readonly string[]
}

const KINDS: Readonly<Record<string, QueueAddress['kind']>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
}

/** @throws EngineError `invalid-option` that repeats nothing of the address, which may have a password in it */
export function parseQueueAddress(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const kind = url && KINDS[url.protocol]
  if (!url || !kind) {
    throw invalid('it begins with redis://, rediss:// (with TLS) or postgres://')
  }
  if (url.hostname === '') throw invalid('its host is missing')
  const given = [url.password, /[?&]password=([^&]*)/.exec(url.search)?.[1] ?? '']
  const secrets = given.flatMap((secret) => [secret, decoded(secret)]).filter(Boolean)
  return {
    kind,
    url: text,
    shown: `${url.protocol}//${url.host}${url.pathname}`,
    secrets: [...new Set(secrets)],
  }
}

/** The text of a driver or a server, which may repeat what it was given. */
export function withoutSecrets(text: string, { secrets }: QueueAddress): string {
  return secrets.reduce((safe, secret) => safe.replaceAll(secret, '***'), text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function invalid(why: string): EngineError {
  return new EngineError('invalid-option', `the address of the queue is invalid: ${why}`)
}
