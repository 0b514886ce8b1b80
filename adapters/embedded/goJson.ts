import { ApiError } from './exchange.ts'

/**
 * The first JSON value of a text and whether another one follows, as Go's streaming decoder sees it.
 * Its errors are those for an empty text, for a wrong first character and for a text that ends too
 * early; every other mistake is reported as the last of these.
 */
export function decodeJson(text: string): { value: unknown; more: boolean } {
  const trimmed = text.trim()
  if (trimmed === '') throw new Error('EOF')
  const first = trimmed.charAt(0)
  if (!/[[{"\-\dtfn]/.test(first)) {
    throw new Error(`invalid character '${first}' looking for beginning of value`)
  }
  const end = endOfFirstValue(trimmed)
  try {
    return { value: JSON.parse(trimmed.slice(0, end)), more: trimmed.slice(end).trim() !== '' }
  } catch {
    throw new Error('unexpected EOF')
  }
}

/** Each of these accepts one type of value or nothing, and rejects every other in Go's words. */
export function asList(value: unknown, goType: string): unknown[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value
  throw mismatch(value, goType)
}

export function asString(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  throw mismatch(value, 'string')
}

export function asObject(value: unknown, goType: string): object {
  if (value === null || value === undefined) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value
  throw mismatch(value, goType)
}

function mismatch(value: unknown, goType: string): Error {
  const kinds: Record<string, string> = { boolean: 'bool' }
  const kind = Array.isArray(value) ? 'array' : typeof value
  return new Error(`json: cannot unmarshal ${kinds[kind] ?? kind} into Go value of type ${goType}`)
}

function endOfFirstValue(text: string): number {
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if (quoted) {
      if (character === '\\') at++
      if (character === '"') quoted = false
    } else if (character === '"') quoted = true
    else if ('[{'.includes(character)) depth++
    else if (']}'.includes(character)) depth--
    else if (depth === 0 && /\s/.test(character)) return at
    if (depth === 0 && !quoted && ']}"'.includes(character)) return at + 1
  }
  return text.length
}

/**
 * The query's filters. Each has a list of values, or the older form of a map (`list.enabled-map-form`).
 *
 * @throws ApiError
 */
export function decodeFilters(text: string): [name: string, values: string[]][] {
  if (text === '') return []
  try {
    const filters = asObject(decodeJson(text).value, 'map[string][]string')
    return Object.entries(filters).map(([name, values]) => [
      name,
      Array.isArray(values)
        ? values.map(String)
        : Object.keys(asObject(values, 'map[string]map[string]bool')),
    ])
  } catch (error) {
    throw new ApiError(500, (error as Error).message)
  }
}
