import type { SnapshotFrom } from 'xstate'
import { defined } from '../defined.ts'
import { statePath } from '../statePath.ts'
import type { pluginUpgradeMachine } from './pluginUpgradeMachine.ts'
import type { UpgradeInput, UpgradeOutput, UpgradeRun } from './types.ts'

const VERSION = 1

/**
 * A flow as plain data: enough for another process to take it up again. No credentials are in it, no
 * values of secret settings, and none of the values that the plugin's owner gave to its variables before.
 */
export interface UpgradeSnapshot {
  machine: 'pluginUpgrade'
  version: typeof VERSION
  state: string
  /** Local name of the plugin, once it was read. */
  name?: string
  input: Omit<UpgradeInput, 'timeouts' | 'resumed'>
  run: UpgradeRun
  /** How it ended, once it has. */
  outcome?: UpgradeOutput
}

/** The state that another process needs to continue a flow, or to take it back. */
export function makeUpgradeSnapshot({
  value,
  context,
  output,
}: Pick<
  SnapshotFrom<typeof pluginUpgradeMachine>,
  'value' | 'context' | 'output'
>): UpgradeSnapshot {
  const { timeouts: _, resumed: __, ...input } = context.input
  const { phase, before, resolved, consent, copy, plan, failure } = context
  return {
    machine: 'pluginUpgrade',
    version: VERSION,
    state: statePath(value),
    ...(before && { name: before.name }),
    input,
    run: { phase, ...defined({ before, resolved, consent, copy, plan, failure }) },
    ...(output && { outcome: output }),
  }
}

/**
 * Checks a snapshot that comes from outside, such as a file.
 *
 * @throws RangeError when it is not a snapshot, or of another version
 */
export function readUpgradeSnapshot(value: unknown): UpgradeSnapshot {
  const given = isRecord(value) ? value : {}
  if (given.machine !== 'pluginUpgrade') throw new RangeError('this is no snapshot of an upgrade')
  if (given.version !== VERSION) {
    const version = typeof given.version === 'number' ? `version ${given.version}` : 'no version'
    throw new RangeError(`this is a snapshot of ${version}, and not of version ${VERSION}`)
  }
  const { input, run } = given
  const isInput =
    isRecord(input) && typeof input.name === 'string' && COPY_NAME.test(String(input.copyName))
  const isRun = isRecord(run) && PHASES.includes(String(run.phase)) && isWhole(run)
  if (isInput && isRun && Array.isArray(input.settings)) return given as unknown as UpgradeSnapshot
  throw new RangeError('the snapshot is damaged')
}

/** The name that a run removes as its copy, with force. */
const COPY_NAME = /^plugin-flow\/upgrade-[0-9a-f]{12}:latest$/

const PHASES = ['untouched', 'staging', 'disabling', 'swapping']

/** Of a run that has begun to change the plugin, all that it takes to go on or back is there. */
function isWhole({ phase, ...run }: Record<string, unknown>): boolean {
  if (phase === 'untouched' || phase === 'staging') return true
  return ['before', 'resolved', 'consent', 'copy', 'plan'].every((part) => isRecord(run[part]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
