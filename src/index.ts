export type {
  CredentialsSource,
  RegistryCredentials,
} from '../adapters/credentials/registryAuth.ts'
export type { InstalledPlugins } from '../adapters/engine/installedPlugins.ts'
export type { TlsOptions } from '../adapters/engine/tlsOptions.ts'
export type { InstallErrorCode } from '../machines/catalogue.ts'
export { catalogue } from '../machines/catalogue.ts'
export type { EngineErrorDetails, Failure } from '../machines/errors.ts'
export { EngineError } from '../machines/errors.ts'
export type { Backoff } from '../machines/plugin-install/retry.ts'
export type {
  ConsentDecision,
  ConsentRecord,
  ConsentRequest,
  InstalledPlugin,
  RequestedSetting,
  RollbackReport,
  SecretSetting,
  Setting,
  Timeouts,
} from '../machines/plugin-install/types.ts'
export type { CredentialsRequest, PluginEngine } from '../machines/ports.ts'
export type { PluginPrivilege } from '../machines/types.ts'
export { type ConnectedEngine, type ConnectOptions, connect } from './connect.ts'
export { allowList } from './consent/allowList.ts'
export { parseConsentPolicy } from './consent/consentPolicyFile.ts'
export { type FlowSurroundings, flowEvents } from './flowEvents.ts'
export { InstallError, isInstallError } from './installError.ts'
export { installPlugin } from './installPlugin.ts'
export { type InstallPlan, planInstall } from './planInstall.ts'
export type { LayerProgress, Progress } from './progress.ts'
export { resumeInstall } from './resumeInstall.ts'
export { defaultPolicy, type Policy, type PolicyOptions } from './retry/policy.ts'
export { readSnapshot } from './snapshot.ts'
export type {
  ConsentPolicy,
  Engine,
  FlowOptions,
  GivenSetting,
  GivenSettings,
  InstallActor,
  InstallOptions,
  InstallSnapshot,
  PlanOptions,
  PluginInstall,
  ResumeOptions,
  Retry,
  SecretValue,
  Transition,
} from './types.ts'
export type { FlowEvent, RecordedRun } from './viewer/flowEvent.ts'
