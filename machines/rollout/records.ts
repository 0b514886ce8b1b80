import type { InstallErrorCode } from '../catalogue.ts'
import type { PluginPrivilege } from '../plugin.ts'
import type { PlannedTarget } from './plan.ts'

/**
 * `queued`: waiting for a worker; `leased`: a worker has it; `running`: a worker may have changed the engine; `kept`: the plugin needed
 * no change; `abandoned`: its worker lost the lease; `undone` and `undoFailed`: results of a rollback.
 */
export const TARGET_STATES = [
  'queued',
  'leased',
  'running',
  'done',
  'kept',
  'failed',
  'unreachable',
  'abandoned',
  'undone',
  'undoFailed',
  'skipped',
] as const

export type TargetState = (typeof TARGET_STATES)[number]

/** How many targets are in each state. */
export type RolloutCounts = Record<TargetState, number>

export function countRecords(records: readonly Pick<TargetRecord, 'state'>[]): RolloutCounts {
  const counts = Object.fromEntries(TARGET_STATES.map((state) => [state, 0])) as RolloutCounts
  for (const { state } of records) counts[state] += 1
  return counts
}

/** The known state of one target of a rollout: the truth, of which counts and events are derived. */
export interface TargetRecord {
  /** Id of the rollout. */
  rollout: string
  /** Position in the plan. */
  index: number
  /** Id of the target. */
  target: PlannedTarget['id']
  engineId?: string
  zone?: string
  state: TargetState
  /** 0 until the target is taken; each retry and the rollback count as one more. */
  attempt: number
  lease?: Lease
  /** The plugin before this rollout changed anything: read first, under the lease, and never overwritten. */
  before?: PluginOnTarget
  after?: PluginOnTarget
  /** This rollout may have asked the engine to change something. */
  changed?: true
  /** Snapshot of its flow, which another worker can resume. It contains no secret. */
  run?: unknown
  /** The state in which it ended before the undo, or before it was tried again. */
  outcome?: TargetState
  /** `sha256:…` of the consent that the target was changed under. */
  consent?: string
  /** Of a target that has failed, or could not be undone. */
  code?: InstallErrorCode
  /** One line for a person. */
  message?: string
  /** The next step of a person. */
  next?: string
  times: {
    /** Milliseconds since the epoch. */
    began?: number
    ended?: number
  }
}

/** True once the attempt on a target has ended. */
export function isEnd({ state }: Pick<TargetRecord, 'state'>): boolean {
  return !['queued', 'leased', 'running'].includes(state)
}

/** The right of one worker to change one engine. */
export interface Lease {
  worker: string
  /** Greater for every lease that is given out: the newest is the only one that counts. */
  token: number
  /** Milliseconds since the epoch. */
  until: number
}

/** The plugin as the engine reported it, without the values of its settings. */
export type PluginOnTarget =
  | { state: 'absent' }
  | {
      state: 'present'
      id: string
      reference: string
      enabled: boolean
      /** Digests of its layers, if the engine reports them. */
      layers?: string[]
      /** The privileges that it requests. */
      privileges: PluginPrivilege[]
      /** Names of the settings that differ from the plugin's defaults. */
      settings: string[]
    }
