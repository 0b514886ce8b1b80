export type { DockerWarning } from '../adapters/docker/configFile.ts'
export type { TlsOptions } from '../adapters/engine/http/engineTarget.ts'
export { readSnapshot } from '../machines/plugin-install/snapshot.ts'
export type { Timeouts } from '../machines/plugin-install/types.ts'
export type { Backoff } from '../machines/retry.ts'
export type { RequestedSetting, Setting } from '../machines/settings.ts'
export * from './core.ts'
export type { FlowEvent, RecordedRun } from './events/flowEvent.ts'
export { type FlowEventsOptions, flowEvents } from './events/flowEvents.ts'
export { type ConnectedEngine, type ConnectOptions, connect } from './flow/connect.ts'
export { allowList } from './flow/consent/allowList.ts'
export { parseConsentPolicy } from './flow/consent/consentPolicyFile.ts'
export { planInstall, resumeInstall } from './flow/install.ts'
export { type Limits, setLimits } from './flow/limits.ts'
export type {
  GivenSetting,
  GivenSettings,
  InstallActor,
  InstallPlan,
  PlanOptions,
  ResumeOptions,
  SecretValue,
} from './flow/types.ts'
