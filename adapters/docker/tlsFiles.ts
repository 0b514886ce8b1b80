import { constants } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../machines/errors.ts'
import type { TlsOptions } from '../engine/http/tlsOptions.ts'
import type { Env } from '../process/env.ts'
import { configFolder, readTextFile } from './configFile.ts'

/** Docker's own flags; the last three name PEM files. */
export interface TlsFlags {
  tls?: boolean
  tlsverify?: boolean
  tlscacert?: string
  tlscert?: string
  tlskey?: string
}

/**
 * Reads the TLS files that Docker's flags and variables ask for (`DOCKER_TLS_VERIFY`, `DOCKER_TLS`), with `ca.pem`,
 * `cert.pem` and `key.pem` of `DOCKER_CERT_PATH`, else of the configuration, where no flag names another
 * file. `undefined`: nothing asks for TLS.
 *
 * @throws EngineError `invalid-option` for a missing file, `invalid-configuration` for one that cannot
 * be read
 */
export function readTlsFiles(flags: TlsFlags, env: Env): TlsOptions | undefined {
  const verify = Boolean(flags.tlsverify || env.DOCKER_TLS_VERIFY)
  if (!verify && !flags.tls && !env.DOCKER_TLS) return undefined
  const folder = env.DOCKER_CERT_PATH || configFolder(env)
  const read = (named: string | undefined, file: string, isNeeded: boolean) => {
    const path = named ?? join(folder, file)
    // A file that was named may be a pipe, as of `<(…)` in a shell, and is waited for.
    const text = readTextFile(path, `the TLS file ${path}`, constants.O_RDONLY)
    if (text !== undefined || (named === undefined && !isNeeded)) return text
    throw new EngineError(
      'invalid-option',
      `TLS cannot be set up: there is no file ${path}; name another one, or its folder in DOCKER_CERT_PATH`,
    )
  }
  // Docker does not fall back on the system's CAs here: a check by flag or variable needs a CA file.
  const ca = read(flags.tlscacert, 'ca.pem', verify)
  const cert = read(flags.tlscert, 'cert.pem', false)
  const key = read(flags.tlskey, 'key.pem', false)
  return {
    verify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}
