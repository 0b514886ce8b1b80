export type {
  CredentialsSource,
  RegistryCredentials,
} from '../adapters/docker/registryAuth.ts'
export type { TlsOptions } from '../adapters/engine/http/tlsOptions.ts'
export type { InstalledPlugins } from '../adapters/engine/installedPlugins.ts'
export type { InstallErrorCode } from '../machines/catalogue.ts'
export { catalogue } from '../machines/catalogue.ts'
export type { CredentialsRequest, PluginEngine } from '../machines/engine.ts'
export type { EngineErrorDetails, Failure } from '../machines/errors.ts'
export { EngineError } from '../machines/errors.ts'
export type { PluginPrivilege } from '../machines/plugin.ts'
export { type InstallSnapshot, readSnapshot } from '../machines/plugin-install/snapshot.ts'
export type {
  ConsentDecision,
  ConsentRecord,
  ConsentRequest,
  InstalledPlugin,
  RollbackReport,
  Timeouts,
} from '../machines/plugin-install/types.ts'
export type { Backoff } from '../machines/retry.ts'
export type { RequestedSetting, SecretSetting, Setting } from '../machines/settings.ts'
export type { FlowEvent, RecordedRun } from './events/flowEvent.ts'
export { type FlowEventsOptions, flowEvents } from './events/flowEvents.ts'
export { type ConnectedEngine, type ConnectOptions, connect } from './flow/connect.ts'
export { allowList } from './flow/consent/allowList.ts'
export { parseConsentPolicy } from './flow/consent/consentPolicyFile.ts'
export { InstallError, isInstallError } from './flow/installError.ts'
export { installPlugin } from './flow/installPlugin.ts'
export { type InstallPlan, planInstall } from './flow/planInstall.ts'
export type { LayerProgress, Progress } from './flow/progress.ts'
export { resumeInstall } from './flow/resumeInstall.ts'
export { defaultPolicy, type Policy, type PolicyOptions } from './flow/retry/policy.ts'
export type {
  ConsentPolicy,
  Engine,
  FlowOptions,
  GivenSetting,
  GivenSettings,
  InstallActor,
  InstallOptions,
  PlanOptions,
  PluginInstall,
  ResumeOptions,
  Retry,
  SecretValue,
  Transition,
} from './flow/types.ts'
