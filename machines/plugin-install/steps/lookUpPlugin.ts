import type { Engine, RegistryAuth } from '../../engine.ts'
import { EngineError } from '../../errors.ts'
import { onAbort } from '../../onAbort.ts'
import { resolveNames } from '../../reference.ts'
import type { Pause } from '../../retry.ts'
import { inspectSettled, settlings } from '../../steps/inspectSettled.ts'
import { lookUpRemote, refuseHidden } from '../../steps/lookUpRemote.ts'
import { wasRemoved } from '../../steps/wasRemoved.ts'
import type { LookUpRequest } from '../inputs.ts'
import type { PluginLookUp, Resumed } from '../types.ts'
import { type HasSecret, judgePresent } from './judgePresent.ts'

export interface LookUpPorts {
  engine: Engine
  auth: RegistryAuth
  pause: Pause
  hasSecret: HasSecret
}

/**
 * Finds out, without changing anything, whether the name is free, what the plugin asks for and which
 * content the reference names. The three look-ups do not depend on each other and run at once.
 */
export async function lookUpPlugin(
  { engine, auth, pause, hasSecret }: LookUpPorts,
  request: LookUpRequest,
  signal: AbortSignal,
): Promise<PluginLookUp> {
  const names = request.names ?? refuse(request)
  checkOptions(request)
  const [version] = await Promise.all([
    engine.call('systemPing', {}, { signal }),
    auth.load(names.registry, signal),
  ])
  const stop = new AbortController()
  const release = onAbort(signal, () => stop.abort())
  try {
    const [{ remote, name }, options] = [names, { signal: stop.signal }]
    const read = lookUpRemote(engine, remote, stop.signal)
    const present =
      request.resumed?.ownership === 'uncertain'
        ? await inspectSettled(engine, name, settlings.perhaps, stop.signal, pause)
        : await engine.call('pluginInspect', { name }, options)
    if (present) {
      const judged = judgePresent(
        present,
        names,
        await withoutLostClaim(engine, name, request, stop.signal),
        hasSecret,
      )
      refuseHidden(judged.privileges)
      return { ...judged, engine: version }
    }
    const found = await read()
    checkDigest(request.digest, found.digest)
    return Object.assign(found, { engine: version })
  } finally {
    release()
    stop.abort()
  }
}

/** The claim of an earlier process to the plugin of a name ends with the plugin that it was for. */
async function withoutLostClaim(
  engine: Engine,
  name: string,
  request: LookUpRequest,
  signal: AbortSignal,
): Promise<LookUpRequest> {
  const { resumed } = request
  const since = resumed?.pullBegan
  if (since === undefined || resumed?.id !== undefined) return request
  if (!(await wasRemoved(engine, { name, since }, signal))) return request
  return { ...request, resumed: { ...(resumed as Resumed), claimExpired: true } }
}

/** Where the engine cannot tell the digest, that of the pull is compared. */
function checkDigest(expected: string | undefined, found: string | undefined): void {
  if (expected === undefined || found === undefined || expected === found) return
  throw new EngineError(
    'digest-changed',
    'the reference names other content than the digest that is expected',
    { operation: 'distributionInspect', difference: { digests: { granted: expected, found } } },
  )
}

/** Says what is wrong with the reference or the alias. */
function refuse(request: LookUpRequest): never {
  throw resolveNames(request)
}

function checkOptions({ enableTimeout }: LookUpRequest): void {
  if (Number.isSafeInteger(enableTimeout) && enableTimeout >= 0) return
  throw new EngineError(
    'invalid-option',
    `the enable timeout is a whole number of seconds, 0 or more, not ${enableTimeout}`,
  )
}
