import { EngineError } from '../errors.ts'
import { canonicalName, localName, parseReference } from '../reference.ts'
import type { InstallInput, InstallNames } from './types.ts'

/** The names of an install, or what is wrong with the reference or the alias. */
export function resolveNames(
  request: Pick<InstallInput, 'reference' | 'alias'>,
): InstallNames | EngineError {
  const { reference, alias } = request
  const remote = parseReference(reference)
  if (typeof remote === 'string') return invalid(reference, 'a plugin reference', remote)
  const local = alias === undefined ? remote : parseReference(alias)
  if (typeof local === 'string') return invalid(alias, 'an alias', local)
  if (alias !== undefined && local.digest) return invalid(alias, 'an alias', 'it has a digest')
  const tagged = (remote.tag ?? remote.digest) ? remote : { ...remote, tag: 'latest' }
  return { remote: canonicalName(tagged), name: localName(local), registry: remote.domain }
}

function invalid(text: string | undefined, what: string, why: string): EngineError {
  return new EngineError('invalid-reference', `"${text}" is not ${what}: ${why}`)
}
