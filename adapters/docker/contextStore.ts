import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defined } from '../../machines/defined.ts'
import { EngineError } from '../../machines/errors.ts'
import { quoted } from '../../machines/text.ts'
import type { TlsOptions } from '../engine/http/engineTarget.ts'
import { namedPipe } from '../process/readFile.ts'
import {
  asFields,
  type ConfigSource,
  configFolder,
  fieldOf,
  fieldsIn,
  parseConfig,
  readTextFile,
  textIn,
  unusable,
} from './configFile.ts'

/** A context as `docker context create` writes it. */
export interface DockerContext {
  name: string
  description: string
  /** Empty for Docker's default. */
  host: string
  /** Absent for a connection without TLS, unless the host is `https://`. */
  tls?: TlsOptions
}

/** A context of the store, or the reason why it cannot be used. */
export type StoredContext = DockerContext | { name: string; error: string }

/** The name of a context's folder: its own name could be a path. */
function idOf(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

/**
 * Reads a context of Docker's configuration. `undefined` if it does not exist.
 *
 * @param folder of the configuration
 * @throws EngineError `invalid-configuration` naming the file that cannot be used
 */
export function readContext(folder: string, name: string): DockerContext | undefined {
  const id = idOf(name)
  const meta = readMeta(folder, id, quoted(name))
  if (meta === undefined) return undefined
  if (textIn(meta.fields, 'Name', meta.name) !== name) {
    throw unusable(meta.name, 'contains another name')
  }
  return toContext(folder, id, name, meta)
}

/** Every context of the store, sorted by name; a broken one comes with the reason. */
export function listContexts(folder: string): StoredContext[] {
  return foldersIn(join(folder, 'contexts', 'meta'))
    .flatMap((id) => readOrExplain(folder, id))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Empty for a folder without the file. */
function readOrExplain(folder: string, id: string): StoredContext[] {
  let name = `(${id.slice(0, 12)})`
  try {
    const meta = readMeta(folder, id, name)
    if (meta === undefined) return []
    const found = textIn(meta.fields, 'Name', meta.name)
    if (idOf(found) !== id) throw unusable(meta.name, 'contains the name of another context')
    name = found
    return [toContext(folder, id, name, meta)]
  } catch (error) {
    return [{ name, error: (error as Error).message }]
  }
}

function readMeta(folder: string, id: string, shown: string): ConfigSource | undefined {
  const file = join(folder, 'contexts', 'meta', id, 'meta.json')
  const source = `the Docker context ${shown} (${file})`
  const text = readTextFile(file, source)
  return text === undefined ? undefined : parseConfig(text, source, () => {})
}

function toContext(folder: string, id: string, name: string, meta: ConfigSource): DockerContext {
  const source = meta.name
  const endpoints = fieldsIn(meta, 'Endpoints')
  if (endpoints.docker === undefined) throw unusable(source, 'names no Docker Engine')
  const endpoint = asFields(endpoints.docker, source, '"docker"')
  const skips = fieldOf(endpoint, 'SkipTLSVerify') === true
  const material = readMaterial(join(folder, 'contexts', 'tls', id, 'docker'), source)
  return {
    name,
    description: textIn(fieldsIn(meta, 'Metadata'), 'Description', source),
    host: textIn(endpoint, 'Host', source),
    ...(material || skips ? { tls: { ...material, verify: !skips } } : {}),
  }
}

/** The TLS files of the context: any one of the three means that it uses TLS. */
function readMaterial(folder: string, source: string): Omit<TlsOptions, 'verify'> | undefined {
  const read = (file: string) => readTextFile(join(folder, file), source)
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')]
  if (ca === undefined && cert === undefined && key === undefined) return undefined
  return defined({ ca, cert, key })
}

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
export function readTlsFiles(flags: TlsFlags, env: NodeJS.ProcessEnv): TlsOptions | undefined {
  const verify = Boolean(flags.tlsverify || env.DOCKER_TLS_VERIFY)
  if (!verify && !flags.tls && !env.DOCKER_TLS) return undefined
  const folder = env.DOCKER_CERT_PATH || configFolder(env)
  const read = (named: string | undefined, file: string, isNeeded: boolean) => {
    const path = named ?? join(folder, file)
    const pipe = named === undefined ? {} : { pipe: namedPipe }
    const text = readTextFile(path, `the TLS file ${path}`, pipe)
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
  return defined({ verify, ca, cert, key })
}
