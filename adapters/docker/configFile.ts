import { lstatSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import { shortage, shortageOf } from '../../machines/shortage.ts'
import { type ReadBounds, readFile } from '../process/readFile.ts'
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
    const text = readTextFile(file, name)
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

/** More than any such file has. */
const MOST_BYTES = 4 * 1024 * 1024

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: ': it belongs to another user, as after sudo docker login; give it back with chown',
  EISDIR: ': it is a folder, as a bind mount of a missing file makes one',
  ELOOP: ': it is a symbolic link that leads back to itself',
  ENXIO: ': it is a socket',
}

/**
 * Reads a file of Docker's configuration. `undefined`: there is no such file.
 *
 * @throws EngineError `invalid-configuration` naming the file, when it cannot be read; `host-exhausted` when this process
 * cannot open any file now
 */
export function readTextFile(
  file: string,
  name: string,
  bounds: Pick<ReadBounds, 'pipe'> = {},
): string | undefined {
  try {
    return decode(readFile(file, { most: MOST_BYTES, ...bounds }))
  } catch (error) {
    if (error instanceof RangeError) throw unusable(name, `cannot be read: ${error.message}`)
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const short = shortageOf(code)
    if (short !== undefined) throw shortage(`${name} cannot be read`, short)
    throw unusable(name, `cannot be read (${code})${REMEDIES[code] ?? ''}`)
  }
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
