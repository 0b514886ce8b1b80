import { EngineError } from '../../machines/errors.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Docker's own configuration, as it was read from somewhere. */
export interface ConfigSource {
  /** What an error calls it: it names the file or the variable, and quotes nothing of it. */
  name: string
  fields: Fields
}

/**
 * Reads the JSON of a configuration; a blank text is an empty one, as it is for Docker.
 *
 * @throws EngineError `invalid-configuration` when it is none
 */
export function parseConfig(text: string, name: string): ConfigSource {
  if (text.trim() === '') return { name, fields: {} }
  let config: unknown
  try {
    config = JSON.parse(text)
  } catch {
    // The words of the parser quote the text.
    throw unusable(name, 'is no JSON')
  }
  return { name, fields: asFields(config, name, 'it') }
}

/** The object in a field; a field that is absent or null holds an empty one. */
export function fieldsIn({ name, fields }: ConfigSource, field: string): Fields {
  return asFields(fields[field] ?? {}, name, JSON.stringify(field))
}

/** The text in a field; a field that is absent or null holds an empty one. */
export function textIn(fields: Fields, field: string, name: string): string {
  const text = fields[field] ?? ''
  if (typeof text === 'string') return text
  throw unusable(name, `cannot be used: ${JSON.stringify(field)} is no text`)
}

export function asFields(value: unknown, name: string, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw unusable(name, `cannot be used: ${what} is no object`)
}

export function unusable(name: string, why: string): EngineError {
  return new EngineError('invalid-configuration', `${name} ${why}`)
}
