import { defined } from '../../../machines/defined.ts'
import { EngineError, isEngineError } from '../../../machines/errors.ts'
import type { Operation } from './operation.ts'

/**
 * `GET /_ping`: agrees on the API version, the newest that both sides know.
 *
 * @throws EngineError `engine-unsupported` for an engine older than API 1.25, `engine-protocol` when
 * what answers names no API version
 */
export const systemPing: Operation<'systemPing'> = {
  kind: 'look',
  method: 'GET',
  path: () => '/_ping',
  async read(answer) {
    await answer.text()
    const offered = answer.header('api-version')
    if (offered === undefined || !/^\d{1,4}\.\d{1,4}$/.test(offered)) {
      throw answer.invalid('no API version')
    }
    if (isOlder(offered, MIN_API)) {
      const { host, operation } = answer.context
      throw new EngineError(
        'engine-unsupported',
        `the engine at ${host} speaks API ${offered}: plugins need ${MIN_API} (Docker 1.13) at least`,
        { operation },
      )
    }
    const apiVersion = newestShared(offered)
    const version = /^Docker\/(\S+)/.exec(answer.header('server') ?? '')?.[1]
    return defined({ apiVersion, version })
  },
}

/** The newest API version up to which no plugin endpoint changed its shape (engine 29.7). */
const MAX_API = '1.55'
/** The oldest one that has them (engine 1.13). */
export const MIN_API = '1.25'

/** Parts are numbers: 1.9 is older than 1.41. */
export function isOlder(one: string, other: string): boolean {
  const [major = 0, minor = 0] = one.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major === otherMajor ? minor < otherMinor : major < otherMajor
}

/** The newest version that both sides know, where an engine offers all up to `offered`. */
export function newestShared(offered: string): string {
  return isOlder(offered, MAX_API) ? offered : MAX_API
}

/**
 * Returns the version that an engine wants in place of the one that it has refused, if it is known here.
 * The refusal comes before the engine does anything (recordings `version.too-old`, `version.too-new`).
 */
export function wantedVersion(error: unknown): string | undefined {
  if (!isEngineError(error) || error.code !== 'engine-unsupported') return undefined
  const { engineMessage = '' } = error.details
  const wanted =
    /client version \S+ is too (?:old|new)\. M(?:in|ax)imum supported API version is (\d{1,4}\.\d{1,4})/.exec(
      engineMessage,
    )?.[1]
  if (wanted === undefined || isOlder(wanted, MIN_API) || isOlder(MAX_API, wanted)) return undefined
  return wanted
}
