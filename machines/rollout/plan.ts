import type { PluginPrivilege } from '../plugin.ts'

/**
 * The plan of a rollout: plain data, kept as a JSON file. A rollout carries out a plan and nothing else.
 * No secret is in it, only the names of variables and the paths of files.
 */
export interface RolloutPlan {
  version: 1
  /** When it was made, in ISO 8601. */
  at: string
  kind: RolloutKind
  plugin: PlannedPlugin
  /** The privileges that the plugin requests. */
  privileges: PluginPrivilege[]
  strategy: Strategy
  /** In the order in which they are taken. */
  targets: PlannedTarget[]
  /** `sha256:…` of the rest of the plan. */
  hash: string
}

export type RolloutKind = 'install' | 'upgrade' | 'remove'

export interface PlannedPlugin {
  /** `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`; of a removal the name of the plugin. */
  reference: string
  /** Local name on every engine. */
  name: string
  /** `sha256:…`: the content that the reference named. Absent where no engine could tell. */
  digest?: string
  /** In the order in which they are set. */
  settings: PlannedSetting[]
}

/** A setting with its value, or with the place where the worker finds a secret value. */
export type PlannedSetting = {
  name: string
  /** Part of a mount, a device or a variable: `source`, `path`, `value`. */
  field?: string
} & (
  | { value?: string }
  /** An environment variable of the worker. */
  | { from: 'env'; variable: string }
  /** A file of the worker. */
  | { from: 'file'; path: string }
)

export interface PlannedTarget {
  /** Unique in the plan. */
  id: string
  /** `ID` of the engine's `/info`. Absent where the engine could not be reached. */
  engineId?: string
  zone?: string
  labels: Record<string, string>
  access: TargetAccess
  found: FoundOnTarget
  does: TargetAction
}

/** Where a worker finds the engine. */
export type TargetAccess = { host: string; tls?: TargetTls } | { context: string }

/** Paths on the worker. */
export interface TargetTls {
  ca?: string
  cert?: string
  key?: string
}

/** The state of the plugin on an engine, when the plan was made. */
export type FoundOnTarget =
  | { state: 'absent'; takesDigests?: boolean }
  | {
      state: 'present'
      /** An engine reports the digest of a plugin only if it was pulled by digest. */
      digest: 'same' | 'other' | 'unknown'
      reference: string
      enabled: boolean
      /** Volumes, networks or containers use it. */
      inUse?: boolean
      takesDigests?: boolean
    }
  /** `why` is one clause. */
  | { state: 'unreachable'; why: string }

export type TargetAction =
  | { action: RolloutKind }
  /** The plugin needs no change, and counts as kept. */
  | { action: 'nothing' }
  /** `why` is one clause. */
  | { action: 'skip'; why: string }

/** A number of targets, or a percentage of all of them: `'25%'`. */
export type Share = number | `${number}%`

export interface Strategy {
  /** How many targets are done by the end of each canary step, such as `[1, '5%', '25%']`. Empty: no canaries. */
  canaries: Share[]
  /** The condition to go on after each canary step: a person promotes, or so many milliseconds pass. */
  hold: 'person' | number
  /** Size of the batches after the canaries. Absent: all that remain are one. */
  batch?: Share
  /** How many targets are at work at once. */
  parallel: number
  /** More targets than this that fail exceed the budget. */
  maxFailures: Share
  /** The same for targets whose engine does not answer. */
  maxUnreachable: Share
  /** Milliseconds after a batch, when its plugins must still be enabled. 0: they are not looked at again. */
  monitor: number
  /** The action once a budget is exceeded. */
  onFailure: 'pause' | 'stop' | 'rollback'
}
