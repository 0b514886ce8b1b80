/** Rollouts: one plan and one consent for many engines. */
export type {
  FoundOnTarget,
  PlannedPlugin,
  PlannedSetting,
  PlannedTarget,
  RolloutKind,
  RolloutPlan,
  Share,
  Strategy,
  TargetAccess,
  TargetAction,
  TargetTls,
} from '../machines/rollout/plan.ts'
export type {
  Lease,
  PluginOnTarget,
  RolloutCounts,
  TargetRecord,
  TargetState,
} from '../machines/rollout/records.ts'
export { rolloutMachine } from '../machines/rollout/rolloutMachine.ts'
export {
  type EmbeddedRunner,
  openEmbeddedRunner,
  readRollouts,
  sendToRollout,
} from './rollout/embeddedRunner.ts'
export { type FleetOptions, readFleet } from './rollout/fleet.ts'
export type { Fleet, FleetTarget } from './rollout/fleetFile.ts'
export { hashPlan } from './rollout/hash.ts'
export { parseLimit } from './rollout/limitExpression.ts'
export {
  createLocalRunner,
  type LocalRollout,
  type LocalRunnerOptions,
} from './rollout/localRunner.ts'
export type { RolloutResult } from './rollout/observeRollout.ts'
export { checkPlanAge, parsePlan } from './rollout/planFile.ts'
export { type PlanRolloutOptions, planRollout } from './rollout/planRollout.ts'
export type { Answers, Ask, Question } from './rollout/questions.ts'
export {
  createRolloutWorker,
  type RolloutWorker,
  type RolloutWorkerOptions,
} from './rollout/rolloutWorker.ts'
export type {
  RecordQuery,
  RolloutChange,
  RolloutMessage,
  Runner,
  RunnerHandlers,
  SavedRollout,
  TargetTask,
} from './rollout/runner.ts'
export {
  type GivenConsent,
  type Rollout,
  type RolloutOptions,
  resumeRollout,
  startRollout,
} from './rollout/startRollout.ts'
