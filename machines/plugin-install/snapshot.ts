import type { SnapshotFrom } from 'xstate'
import { defined } from '../defined.ts'
import { isEngineError } from '../errors.ts'
import type { Plugin } from '../plugin.ts'
import { resolveNames } from '../reference.ts'
import type { Setting } from '../settings.ts'
import { statePath } from '../statePath.ts'
import type { pluginInstallMachine } from './pluginInstallMachine.ts'
import type { InstallInput, InstallOutput, Resumed } from './types.ts'

/**
 * A flow as plain data: enough for another process to take it up again. No credentials are in it;
 * the values of settings are, but for those that are secret.
 */
export interface InstallSnapshot {
  version: 2
  state: string
  /** Local name of the plugin. */
  name?: string
  input: Omit<InstallInput, 'timeouts' | 'resumed'>
  run: Resumed
  /** How it ended, once it has. */
  outcome?: InstallOutput
}

/** The state that another process needs to continue a flow, or to take it back. */
export function makeSnapshot({
  value,
  context,
  output,
}: Pick<
  SnapshotFrom<typeof pluginInstallMachine>,
  'value' | 'context' | 'output'
>): InstallSnapshot {
  const { timeouts: _, resumed, ...input } = context.input
  const { ownership, enableRequested, plugin, names } = context
  const { pullBegan, consent, pulledDigest, failure } = context
  const id = plugin?.Id ?? resumed?.id
  const layers = (plugin && layersOf(plugin)) ?? resumed?.layers
  const run: Resumed = {
    ownership,
    enableRequested,
    ...defined({ pullBegan, id, layers, consent, pulledDigest, failure }),
  }
  return {
    version: 2,
    state: statePath(value),
    ...(names && { name: names.name }),
    input,
    run,
    ...(output && { outcome: output }),
  }
}

/**
 * Checks a snapshot that comes from outside, such as a file.
 *
 * @throws RangeError when it is not a snapshot, or of another version
 */
export function readSnapshot(value: unknown): InstallSnapshot {
  if (!isRecord(value)) throw new RangeError('a snapshot is an object')
  if (value.version !== VERSION) {
    const version = typeof value.version === 'number' ? `version ${value.version}` : 'no version'
    throw new RangeError(`this is a snapshot of ${version}, and not of version ${VERSION}`)
  }
  const { input, run } = value
  const texts =
    isRecord(input) &&
    typeof input.reference === 'string' &&
    isSettings(input.settings) &&
    areTexts(input.alias, input.digest)
  const facts =
    isRecord(run) && OWNERSHIPS.some((each) => each === run.ownership) && areTexts(run.pullBegan)
  if (!texts || !facts || typeof run.enableRequested !== 'boolean') {
    throw new RangeError('the snapshot is damaged')
  }
  const snapshot = value as unknown as InstallSnapshot
  // A run ends at once where its names are invalid, and owns nothing then.
  if (snapshot.run.ownership !== 'nothing' && isEngineError(resolveNames(snapshot.input))) {
    throw new RangeError('the snapshot is damaged')
  }
  return snapshot
}

const VERSION = 2
const OWNERSHIPS = ['nothing', 'adopted', 'uncertain', 'created']

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSettings(value: unknown): value is Setting[] {
  return Array.isArray(value) && value.every(isSetting)
}

function isSetting(value: unknown): value is Setting {
  if (!isRecord(value) || typeof value.name !== 'string') return false
  return areTexts(value.field, value.value)
}

function areTexts(...values: unknown[]): boolean {
  return values.every((value) => ['string', 'undefined'].includes(typeof value))
}

/** The content of a plugin, by its layers; `undefined` where the engine does not tell. */
export function layersOf({ Config }: Plugin): string[] | undefined {
  const { diff_ids: layers } = (Config.rootfs ?? {}) as { diff_ids?: unknown }
  return Array.isArray(layers) ? layers.map(String) : undefined
}
