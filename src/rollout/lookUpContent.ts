import type { Engine as EnginePort } from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import { resolveNames } from '../../machines/reference.ts'
import { lookUpRemote, type RemoteLookUp } from '../../machines/steps/lookUpRemote.ts'
import { listSome, quoted } from '../../machines/text.ts'
import { lookOnly } from '../flow/lookOnly.ts'
import type { Engine } from '../flow/types.ts'
import type { FleetTarget } from './fleetFile.ts'
import type { TargetLook } from './lookAtTarget.ts'

/** Milliseconds for all requests to one engine. */
export const DEADLINE_MS = 30_000
/** The most engines that are asked for the content of the reference. */
const MOST_ASKED = 3

/** Looks up the content of the reference on the first engine that can. */
export async function lookUpContent(
  remote: string,
  targets: readonly FleetTarget[],
  looks: readonly TargetLook[],
  lookUp: (target: FleetTarget) => Promise<RemoteLookUp>,
  { signal, digest }: { signal: AbortSignal; digest: string | undefined },
): Promise<RemoteLookUp> {
  const able = targets.filter((_, index) => {
    const look = looks[index] as TargetLook
    return !('unreachable' in look) && (look.takesDigests || !remote.includes('@'))
  })
  let failure = noEngine(remote, targets, looks)
  for (const target of able.slice(0, MOST_ASKED)) {
    try {
      const found = await lookUp(target)
      checkDigest(found, digest)
      return found
    } catch (error) {
      if (!isEngineError(error) || signal.aborted || error.code === 'digest-changed') throw error
      failure = new EngineError(error.code, `${quoted(target.id)}: ${error.message}`, error.details)
    }
  }
  throw failure
}

/** Looks up the content of the reference on one engine, with the credentials that are configured for it. */
export function lookUpOn(host: Engine, remote: string, signal: AbortSignal): Promise<RemoteLookUp> {
  const names = resolveNames({ reference: remote })
  return lookOnly(
    host,
    { signal },
    { values: new Map(), timeouts: { checkPrivileges: DEADLINE_MS } },
    async (tools) => {
      tools.enter('checkPrivileges')
      await tools.auth.load(isEngineError(names) ? '' : names.registry, tools.signal)
      return lookUpRemote(tools.engine as EnginePort, remote, tools.signal)()
    },
    ({ code, message, next: _, state: __, retryable: ___, ...details }) =>
      new EngineError(code, message, details),
  )
}

function checkDigest({ digest: found }: RemoteLookUp, digest: string | undefined): void {
  if (digest === undefined || found === undefined || digest === found) return
  throw new EngineError(
    'digest-changed',
    `the reference names ${found}, and not the digest that is expected`,
    { difference: { digests: { granted: digest, found } } },
  )
}

function noEngine(
  remote: string,
  targets: readonly FleetTarget[],
  looks: readonly TargetLook[],
): EngineError {
  const silent = looks.flatMap((look, index) =>
    'unreachable' in look ? [`${targets[index]?.id}: ${look.unreachable}`] : [],
  )
  if (silent.length < looks.length) {
    return new EngineError(
      'engine-unsupported',
      `no engine of the fleet takes a reference with a digest: ${remote}`,
    )
  }
  return new EngineError(
    'engine-unreachable',
    `no engine of the fleet answers (${listSome(silent, 1)})`,
  )
}
