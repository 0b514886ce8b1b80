import { EngineError } from '../../../machines/errors.ts'
import type { Operation } from './operation.ts'

/** The newest API version whose plugin endpoints are known here (engine 28.5). */
const MAX_API = '1.51'
/** The oldest one that has them (engine 1.13). */
const MIN_API = '1.25'

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
    const apiVersion = isOlder(offered, MAX_API) ? offered : MAX_API
    const version = /^Docker\/(\S+)/.exec(answer.header('server') ?? '')?.[1]
    return { apiVersion, ...(version === undefined ? {} : { version }) }
  },
}

/** Parts are numbers: 1.9 is older than 1.41. */
function isOlder(one: string, other: string): boolean {
  const [major = 0, minor = 0] = one.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major === otherMajor ? minor < otherMinor : major < otherMajor
}
