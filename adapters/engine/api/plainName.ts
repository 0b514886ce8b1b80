import { EngineError } from '../../../machines/errors.ts'
import { oneLine } from '../../../machines/text.ts'

const PLAIN = /^[A-Za-z0-9[][A-Za-z0-9._:@[\]/+-]*$/

/**
 * Returns a name or an id that stands for itself in a path: an HTTP client resolves `..`, `//` and
 * percent-encodings, so that a name made for it would reach another endpoint.
 *
 * @throws EngineError `invalid-reference`
 */
export function plainName(name: string): string {
  const segments = name.split('/')
  if (PLAIN.test(name) && !segments.some((segment) => ['', '.', '..'].includes(segment))) {
    return name
  }
  const shown = JSON.stringify(oneLine(name))
  throw new EngineError('invalid-reference', `${shown} is not the name or the id of a plugin`)
}

/** A reference as the value of a query. */
export function plainQuery(name: string): string {
  return encodeURIComponent(plainName(name))
}
