import { join } from 'node:path'
import { EngineError } from '../../machines/errors.ts'
import type { TlsOptions } from '../engine/http/tlsOptions.ts'
import type { Env } from '../process/env.ts'
import { configFolder } from './configFolder.ts'
import { readTextFile } from './readTextFile.ts'

/** Docker's own flags: names of PEM files. */
export interface TlsFlags {
  tls?: boolean
  tlsverify?: boolean
  tlscacert?: string
  tlscert?: string
  tlskey?: string
}

/**
 * TLS as Docker's flags and variables ask for it (`DOCKER_TLS_VERIFY`, `DOCKER_TLS`), with `ca.pem`,
 * `cert.pem` and `key.pem` of `DOCKER_CERT_PATH`, else of the configuration, where no flag names another
 * file. `undefined`: nothing asks for TLS.
 *
 * @throws EngineError `invalid-option` for a file that is not there, `invalid-configuration` for one
 * that cannot be read
 */
export function readTlsFiles(flags: TlsFlags, env: Env): TlsOptions | undefined {
  const verify = Boolean(flags.tlsverify || env.DOCKER_TLS_VERIFY)
  if (!verify && !flags.tls && !env.DOCKER_TLS) return undefined
  const folder = env.DOCKER_CERT_PATH || configFolder(env)
  const read = (named: string | undefined, file: string, isNeeded: boolean) => {
    const path = named ?? join(folder, file)
    const text = readTextFile(path, `the TLS file ${path}`)
    if (text !== undefined || (named === undefined && !isNeeded)) return text
    throw new EngineError(
      'invalid-option',
      `TLS cannot be set up: there is no file ${path}; name another one, or its folder in DOCKER_CERT_PATH`,
    )
  }
  // Docker does not fall back on the system's CAs here: whoever has asked for a check has a CA.
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
