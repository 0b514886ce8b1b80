import { closeSync, constants, openSync, readSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { EngineError } from '../../machines/errors.ts'
import type { Env } from '../process/env.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Docker's own configuration, from a file or a variable. */
export interface ConfigSource {
  /** Names the file or the variable in an error, and quotes nothing of it. */
  name: string
  fields: Fields
}

/** The folder of Docker's own configuration: `$DOCKER_CONFIG`, else `~/.docker`. */
export function configFolder(env: Env): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker')
}

/**
 * Reads Docker's `config.json`; a missing one is empty.
 *
 * @throws EngineError `invalid-configuration` naming the file, when it cannot be read or understood
 */
export function readConfigFile(env: Env): ConfigSource {
  const file = join(configFolder(env), 'config.json')
  const name = `the Docker config ${file}`
  return parseConfig(readTextFile(file, name) ?? '', name)
}

/** More than any such file has: an endless device is not read any further. */
const MOST_BYTES = 4 * 1024 * 1024
const CHUNK_BYTES = 16 * 1024
/** Takes a pipe that has no writer for empty, rather than wait for one. */
const AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Reads a file of Docker's configuration synchronously: four system calls cost less than four trips to
 * another thread. `undefined`: there is no such file.
 *
 * @throws EngineError `invalid-configuration` naming the file, when it cannot be read
 */
export function readTextFile(
  file: string,
  name: string,
  flags: number = AT_ONCE,
): string | undefined {
  let opened: number | undefined
  try {
    opened = openSync(file, flags)
    const chunks: Buffer[] = []
    for (let size = 0; size <= MOST_BYTES; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      const bytes = readSync(opened, chunk)
      if (bytes === 0) return Buffer.concat(chunks).toString('utf8')
      chunks.push(chunk.subarray(0, bytes))
      size += bytes
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unusable(name, `cannot be read (${code})`)
  } finally {
    if (opened !== undefined) closeSync(opened)
  }
  throw unusable(name, `cannot be read: it has more than ${MOST_BYTES / 1024 ** 2} MiB`)
}

/**
 * Parses the JSON of a configuration; like Docker's command, it takes blank text for an empty one.
 *
 * @throws EngineError `invalid-configuration`
 */
export function parseConfig(text: string, name: string): ConfigSource {
  if (text.trim() === '') return { name, fields: {} }
  let config: unknown
  try {
    config = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text.
    throw unusable(name, 'is not valid JSON')
  }
  return { name, fields: asFields(config, name, 'it') }
}

/** The object in a field; a missing or null one is empty. */
export function fieldsIn({ name, fields }: ConfigSource, field: string): Fields {
  return asFields(fields[field] ?? {}, name, JSON.stringify(field))
}

/** The text in a field; a missing or null one is empty. */
export function textIn(fields: Fields, field: string, name: string): string {
  const text = fields[field] ?? ''
  if (typeof text === 'string') return text
  throw unusable(name, `cannot be used: ${JSON.stringify(field)} is not a string`)
}

export function asFields(value: unknown, name: string, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw unusable(name, `cannot be used: ${what} is not an object`)
}

export function unusable(name: string, why: string): EngineError {
  return new EngineError('invalid-configuration', `${name} ${why}`)
}
