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
  TargetRecord,
  TargetState,
} from '../machines/rollout/records.ts'
export { type FleetOptions, readFleet } from './rollout/fleet.ts'
export type { Fleet, FleetTarget } from './rollout/fleetFile.ts'
export { parseLimit } from './rollout/limitExpression.ts'
export { checkPlanAge, parsePlan } from './rollout/planFile.ts'
export { type PlanRolloutOptions, planRollout } from './rollout/planRollout.ts'
export type {
  RecordQuery,
  RolloutChange,
  RolloutMessage,
  Runner,
  RunnerHandlers,
  SavedRollout,
  TargetTask,
} from './rollout/runner.ts'
