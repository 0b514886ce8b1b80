import { EngineError } from '../../../machines/errors.ts'
import { oneLine } from '../../../machines/oneLine.ts'
import type { Operation } from '../words/operation.ts'

const PLAIN = /^[A-Za-z0-9[][A-Za-z0-9._:@[\]/+-]*$/

/**
 * Lets only names and ids into a path that are what they look like: an HTTP client resolves `..`,
 * `//` and percent-encodings, so that a name made for it would reach another endpoint.
 *
 * @throws EngineError `invalid-reference`
 */
export function assertPlainName(name: string, operation: Operation): void {
  const segments = name.split('/')
  if (PLAIN.test(name) && !segments.some((segment) => ['', '.', '..'].includes(segment))) return
  throw new EngineError(
    'invalid-reference',
    `${JSON.stringify(oneLine(name))} is not the name or the id of a plugin`,
    { operation },
  )
}
