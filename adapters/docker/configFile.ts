import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import { shortage, shortageOf } from '../../machines/shortage.ts'
import { parseJson } from './parseJson.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Docker's own configuration, from a file or a variable. */
export interface ConfigSource {
  /** Names the file or the variable in an error, and quotes nothing of it. */
  name: string
  fields: Fields
}

/** The folder of Docker's own configuration: `$DOCKER_CONFIG`, else `~/.docker`. */
export function configFolder(env: NodeJS.ProcessEnv): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker')
}

/** Something of Docker's configuration that is passed over: as with Docker's own command, the rest goes on. */
export interface DockerWarning {
  code: 'docker-config' | 'credential-helper' | 'content-trust'
  /** One line that names the file, variable or program, and quotes no secret. */
  message: string
}

export type Warn = (warning: DockerWarning) => void

/** Reads Docker's `config.json`. A missing one is empty, and so is an unusable one, after a warning. */
export function readConfigFile(env: NodeJS.ProcessEnv, warn: Warn): ConfigSource {
  const folder = configFolder(env)
  const file = join(folder, 'config.json')
  const name = `the Docker config ${file}`
  const empty = { name, fields: {} }
  return unlessUnusable(warn, empty, () => {
    const text = readTextFile(file, name, AT_ONCE)
    if (text === undefined && isFile(folder)) {
      throw unusable(
        name,
        `cannot be read: DOCKER_CONFIG has to name its folder, and ${folder} is a file`,
      )
    }
    if (text === undefined && lstatSync(file, { throwIfNoEntry: false })) {
      throw unusable(name, 'cannot be read: it is a symbolic link to a file that does not exist')
    }
    return parseConfig(text ?? '', name, warn)
  })
}

/** Reads a part of the configuration; where it cannot be used, warns and goes on with `otherwise`. */
export function unlessUnusable<Part>(warn: Warn, otherwise: Part, read: () => Part): Part {
  try {
    return read()
  } catch (error) {
    if (!isEngineError(error) || error.code !== 'invalid-configuration') throw error
    warn({ code: 'docker-config', message: `${error.message}; it is ignored` })
    return otherwise
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** More than any such file has: an endless device is not read any further. */
const MOST_BYTES = 4 * 1024 * 1024
const CHUNK_BYTES = 16 * 1024
/** Opens a pipe that has no writer, rather than wait for one. Windows has no such flag, and no such pipes. */
const AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: ': it belongs to another user, as after sudo docker login; give it back with chown',
  EISDIR: ': it is a folder, as a bind mount of a missing file makes one',
  ELOOP: ': it is a symbolic link that leads back to itself',
}

/**
 * Reads a file of Docker's configuration synchronously: four system calls cost less than four trips to
 * another thread. `undefined`: there is no such file.
 *
 * @throws EngineError `invalid-configuration` naming the file, when it cannot be read; `host-exhausted` when this process
 * cannot open any file now
 */
export function readTextFile(
  file: string,
  name: string,
  flags: number = AT_ONCE,
): string | undefined {
  let opened: number | undefined
  let why = `it has more than ${MOST_BYTES / 1024 ** 2} MiB`
  try {
    opened = openSync(file, flags)
    const chunks: Buffer[] = []
    for (let size = 0; size <= MOST_BYTES; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      const bytes = readSync(opened, chunk)
      if (bytes === 0 && size === 0 && flags === AT_ONCE && fstatSync(opened).isFIFO()) {
        why = 'it is a pipe that nothing writes to'
        break
      }
      if (bytes === 0) return decode(Buffer.concat(chunks))
      chunks.push(chunk.subarray(0, bytes))
      size += bytes
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const short = shortageOf(code)
    if (short !== undefined) throw shortage(`${name} cannot be read`, short)
    throw unusable(name, `cannot be read (${code})${REMEDIES[code] ?? ''}`)
  } finally {
    if (opened !== undefined) closeSync(opened)
  }
  throw unusable(name, `cannot be read: ${why}`)
}

/** Editors and shells of Windows write a byte order mark, or UTF-16, which Docker itself cannot read. */
function decode(bytes: Buffer): string {
  const isUtf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  return new TextDecoder(isUtf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(
    bytes,
  )
}

/**
 * Takes the JSON of a configuration apart; like Docker's command, it takes blank text for an empty one
 * and reads no further than the first value.
 *
 * @throws EngineError `invalid-configuration`
 */
export function parseConfig(text: string, name: string, warn: Warn): ConfigSource {
  if (text.trim() === '') return { name, fields: {} }
  const { value, problem, rest } = parseJson(text)
  if (problem !== undefined) throw unusable(name, `is not valid JSON: ${problem}`)
  if (rest !== undefined) {
    warn({
      code: 'docker-config',
      message: `${name} has more after its end ${rest}; it is ignored`,
    })
  }
  return { name, fields: asFields(value, name, 'it') }
}

/** A field by its name in any case, as Go's decoder finds it: of several, the last. */
export function fieldOf(fields: Fields, name: string): unknown {
  return Object.entries(fields).findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}

/** The object in a field; a missing or null one is empty. */
export function fieldsIn({ name, fields }: ConfigSource, field: string): Fields {
  return asFields(fieldOf(fields, field) ?? {}, name, JSON.stringify(field))
}

/** The text in a field; a missing or null one is empty. */
export function textIn(fields: Fields, field: string, name: string): string {
  const text = fieldOf(fields, field) ?? ''
  if (typeof text === 'string') return text
  throw unusable(name, `cannot be used: ${JSON.stringify(field)} is not a string`)
}

export function asFields(value: unknown, name: string, what: string): Fields {
  if (isFields(value)) return value
  throw unusable(name, `cannot be used: ${what} is not an object`)
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function unusable(name: string, why: string): EngineError {
  return new EngineError('invalid-configuration', `${name} ${why}`)
}
