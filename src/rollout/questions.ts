import type { PlannedSetting } from '../../machines/rollout/plan.ts'
import type { PluginOnTarget } from '../../machines/rollout/records.ts'
import type { RemoteLookUp } from '../../machines/steps/lookUpRemote.ts'
import type { FleetTarget } from './fleetFile.ts'
import type { LookRequest, TargetLook } from './lookAtTarget.ts'

interface Questions {
  /** Whether this machine has the values of secret settings. They are read and dropped. */
  secrets: { settings: readonly PlannedSetting[] }
  /** Whether a plugin is on a target, for a plan. */
  target: { target: FleetTarget; request: LookRequest }
  /** The content that a reference names, as the engine of a target looks it up. */
  content: { target: FleetTarget; remote: string }
  /** The state of a plugin, as a record has it. */
  plugin: {
    target: FleetTarget
    name: string
    /** `NAME[.value]` of the settings whose values no answer repeats. */
    secrets: readonly string[]
  }
}

/** Plain data, without secrets. */
export interface Answers {
  secrets: null
  target: TargetLook
  content: RemoteLookUp
  plugin: PluginOnTarget
}

/** Plain data, without secrets: names of variables, and paths. The answer changes nothing, and may be looked for twice. */
export type Question<About extends keyof Answers = keyof Answers> = {
  [Each in keyof Answers]: { about: Each } & Questions[Each]
}[About]

/**
 * Has a question answered where the engines of a zone can be reached. Rejects with an `EngineError`: what the engine or the machine
 * answered, `engine-unreachable` without an answer, or `cancelled` once the signal has fired.
 */
export type Ask = <Asked extends Question>(
  zone: string | undefined,
  question: Asked,
  signal?: AbortSignal,
) => Promise<Answers[Asked['about']]>
