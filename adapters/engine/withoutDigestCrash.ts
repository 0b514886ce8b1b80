import type { CallOptions, Engine, InputOf, OperationId } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'

/**
 * Engines that a plugin reference with a digest kills: they panic on the missing tag (recordings
 * `privileges.digest`, `pull.digest`). Each range from its first version to its last.
 */
const CRASHING = [
  ['20.10.0', '23.0.9'],
  ['24.0.0', '24.0.8'],
  ['25.0.0', '25.0.2'],
] as const

/** They take such a reference, or do not send it. */
const HARMLESS: readonly OperationId[] = ['distributionInspect', 'systemAuth']

/** Whether a reference with a digest would kill an engine of this version, e.g. `20.10.24+dfsg1`. */
export function crashesOnDigest(version: string): boolean {
  const asked = rank(version)
  return CRASHING.some(([first, last]) => rank(first) <= asked && asked <= rank(last))
}

/** An engine that gets no call that it would crash on, but an error `engine-unsupported`. */
export function withoutDigestCrash(engine: Engine, host: string): Engine {
  return {
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      if (!HARMLESS.includes(id) && 'remote' in input && input.remote.includes('@')) {
        const version = await ownVersion(engine, options)
        if (version !== undefined && crashesOnDigest(version)) {
          throw new EngineError(
            'engine-unsupported',
            `the engine at ${host} (${version}) would crash on a reference with a digest: ${input.remote}`,
            { operation: id },
          )
        }
      }
      return engine.call(id, input, options)
    },
  }
}

async function ownVersion(engine: Engine, { signal }: CallOptions): Promise<string | undefined> {
  const { version } = await engine.call('systemPing', {}, { signal })
  return version ?? (await engine.call('systemVersion', {}, { signal })).version
}

/** Versions as numbers in their own order; NaN, which is in no range, for what is no version. */
function rank(version: string): number {
  const parts = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?!\d)/.exec(version)
  if (parts === null) return Number.NaN
  return Number(parts[1]) * 1e8 + Number(parts[2]) * 1e4 + Number(parts[3])
}
