import { defined } from '../../defined.ts'
import type { Engine, RegistryAuth } from '../../engine.ts'
import { EngineError, isEngineError } from '../../errors.ts'
import type { PluginPrivilege } from '../../plugin.ts'
import { computePrivileges, samePrivileges } from '../../privileges.ts'
import { canonicalName, isPulledFrom, parseReference, resolveNames } from '../../reference.ts'
import { checkHostPath, namesHostPath } from '../../settings.ts'
import { lookUpRemote } from '../../steps/lookUpRemote.ts'
import type { Observed } from '../effect.ts'
import type { ResolveRequest } from '../inputs.ts'
import type { Resolved, WayBack } from '../types.ts'
import { findUses } from './findUses.ts'

export interface ResolvePorts {
  engine: Engine
  auth: Pick<RegistryAuth, 'load'>
}

/**
 * Finds out, without changing anything, what the new version asks for and whether the old one can be had
 * again. A pull to prove that would cost the engine all layers with its removal (recording `upgrade.after-trial-removed`).
 */
export async function resolveVersions(
  { engine, auth }: ResolvePorts,
  request: ResolveRequest,
  signal: AbortSignal,
): Promise<Resolved> {
  const { before, names, digest: expected } = request
  if (!names) throw resolveNames(request)
  checkOptions(request)
  const registries = new Set([names.registry, registryOf(before)])
  const [version] = await Promise.all([
    engine.call('systemPing', {}, { signal }),
    ...[...registries].map((registry) => registry && auth.load(registry, signal)),
  ])
  const read = lookUpRemote(engine, names.remote, signal)
  const back = findWayBack(engine, request, names.remote, signal)
  const uses = findUses(engine, before, signal)
  const found = await read()
  if (expected !== undefined && found.digest !== undefined && expected !== found.digest) {
    throw new EngineError(
      'digest-changed',
      'the reference names other content than the digest that is expected',
      {
        operation: 'distributionInspect',
        difference: { digests: { granted: expected, found: found.digest } },
      },
    )
  }
  return { engine: version, ...found, back: await back, ...defined({ uses: await uses }) }
}

function checkOptions({ settings, enableTimeout }: ResolveRequest): void {
  for (const setting of settings) if (namesHostPath(setting)) checkHostPath(setting)
  if (Number.isSafeInteger(enableTimeout) && enableTimeout >= 0) return
  throw new EngineError(
    'invalid-option',
    `the enable timeout is a whole number of seconds, 0 or more, not ${enableTimeout}`,
  )
}

function registryOf({ reference }: Observed): string | undefined {
  const parsed = parseReference(reference)
  return typeof parsed === 'string' ? undefined : parsed.domain
}

/** Never rejects: no way back is an answer too. */
async function findWayBack(
  engine: Engine,
  { before, previousDigest }: ResolveRequest,
  remote: string,
  signal: AbortSignal,
): Promise<WayBack> {
  const parsed = parseReference(before.reference)
  if (typeof parsed === 'string') return { none: 'it was made on the engine and has no reference' }
  const { tag, digest = previousDigest, ...repository } = parsed
  const own = withoutPlaces(computePrivileges(before.config))
  const look = async (reference: string): Promise<WayBack> => {
    const found = await lookUpRemote(engine, reference, signal)()
    const isOther = previousDigest !== undefined && found.digest !== previousDigest
    if (isOther || !samePrivileges(withoutPlaces(found.privileges), own)) {
      return { none: `${reference} names other content by now` }
    }
    return { remote: reference, ...found }
  }
  const byTag = canonicalName({ ...repository, tag: tag ?? 'latest' })
  const isMoving = isPulledFrom({ PluginReference: before.reference }, remote)
  const byDigest = digest === undefined ? [] : [canonicalName({ ...repository, digest })]
  let none = `its reference ${before.reference} names the new version by now`
  for (const reference of [...byDigest, ...(isMoving ? [] : [byTag])]) {
    try {
      return await look(reference)
    } catch (error) {
      none = wordsOf(error)
    }
  }
  return { none }
}

function wordsOf(error: unknown): string {
  return isEngineError(error) ? error.message : String(error)
}

/** Without the places of the host: its owner may have pointed a mount or a device elsewhere since. */
function withoutPlaces(privileges: readonly PluginPrivilege[]): PluginPrivilege[] {
  return privileges.map((one) =>
    ['mount', 'device'].includes(one.Name) ? { ...one, Value: [] } : one,
  )
}
