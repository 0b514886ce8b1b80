import { EngineError } from '../../../machines/errors.ts'
import { isOlder, MIN_API, newestShared } from './apiVersion.ts'
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
    return { apiVersion, ...(version === undefined ? {} : { version }) }
  },
}
