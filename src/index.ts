export type { DockerWarning } from '../adapters/docker/configFile.ts'
export type {
  CredentialsSource,
  RegistryCredentials,
} from '../adapters/docker/registryAuth.ts'
export type { TlsOptions } from '../adapters/engine/http/engineTarget.ts'
export type { InstallErrorCode } from '../machines/catalogue.ts'
export { catalogue } from '../machines/catalogue.ts'
export type { ConsentDecision, ConsentRecord, ConsentRequest } from '../machines/consent.ts'
export type {
  CallOptions,
  CredentialsRequest,
  InputOf,
  OperationId,
  Operations,
  OutputOf,
  PrivilegesLookUp,
  PullResult,
} from '../machines/engine.ts'
export type { EngineErrorDetails, Failure } from '../machines/errors.ts'
export { EngineError } from '../machines/errors.ts'
export type { PluginPrivilege } from '../machines/plugin.ts'
export type { InstallSnapshot } from '../machines/plugin-install/snapshot.ts'
export { readSnapshot } from '../machines/plugin-install/snapshot.ts'
export type { InstalledPlugin, RollbackReport, Timeouts } from '../machines/plugin-install/types.ts'
export type { LayerProgress, Progress } from '../machines/progress.ts'
export type { Backoff, Retry } from '../machines/retry.ts'
export type { RequestedSetting, Setting } from '../machines/settings.ts'
export type { FlowEvent, RecordedRun } from './events/flowEvent.ts'
export { type FlowEventsOptions, flowEvents } from './events/flowEvents.ts'
export { type ConnectedEngine, type ConnectOptions, connect } from './flow/connect.ts'
export { allowList } from './flow/consent/allowList.ts'
export { parseConsentPolicy } from './flow/consent/consentPolicyFile.ts'
export { InstallError, isInstallError } from './flow/errors.ts'
export { installPlugin, planInstall, resumeInstall } from './flow/install.ts'
export { defaultPolicy, type Policy, type PolicyOptions } from './flow/retry/policy.ts'
export type {
  ConsentPolicy,
  Engine,
  FlowOptions,
  GivenSetting,
  GivenSettings,
  InstallActor,
  InstallOptions,
  InstallPlan,
  PlanOptions,
  PluginInstall,
  ResumeOptions,
  SecretValue,
  Transition,
} from './flow/types.ts'
