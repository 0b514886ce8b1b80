import { readTextFile } from '../../adapters/docker/configFile.ts'
import type { TlsOptions } from '../../adapters/engine/http/engineTarget.ts'
import { EngineError } from '../../machines/errors.ts'
import type { TargetAccess, TargetTls } from '../../machines/rollout/plan.ts'
import { type ConnectedEngine, type ConnectOptions, connect } from '../flow/connect.ts'

/**
 * Connects to the engine of a target, with the Docker contexts and TLS files of this machine.
 *
 * @throws EngineError as `connect` does, and `invalid-option` for a TLS file that does not exist
 */
export function connectTarget(
  access: TargetAccess,
  options: Pick<ConnectOptions, 'env' | 'timeouts' | 'onWarning'> = {},
): ConnectedEngine {
  if ('context' in access) return connect({ ...options, context: access.context })
  const { host, tls } = access
  return connect({ ...options, host, ...(tls && { tls: readTls(tls) }) })
}

function readTls(files: TargetTls): TlsOptions {
  const read = Object.entries(files).map(([field, path]) => {
    const text = readTextFile(path, `the TLS file ${path}`)
    if (text !== undefined) return [field, text]
    throw new EngineError('invalid-option', `TLS cannot be set up: there is no file ${path}`)
  })
  return Object.fromEntries(read)
}
