export type {
  CredentialsSource,
  RegistryCredentials,
} from '../adapters/credentials/registryAuth.ts'
export type { ConnectOptions } from '../adapters/engine/connectEngine.ts'
export type { InstalledPlugins } from '../adapters/engine/installedPlugins.ts'
export type { EngineErrorDetails, Failure, InstallErrorCode } from '../machines/errors.ts'
export { catalogue, EngineError } from '../machines/errors.ts'
export type {
  ConsentDecision,
  ConsentRecord,
  ConsentRequest,
  InstalledPlugin,
  RequestedSetting,
  RollbackReport,
  Timeouts,
} from '../machines/plugin-install/types.ts'
export type { CredentialsRequest, PluginEngine } from '../machines/ports.ts'
export type { PluginPrivilege } from '../machines/types.ts'
export { type ConnectedEngine, connect } from './connect.ts'
export { allowList } from './consent/allowList.ts'
export { parseConsentPolicy } from './consent/consentPolicyFile.ts'
export { type FlowSurroundings, flowEvents } from './flowEvents.ts'
export { defaultTimeouts } from './input.ts'
export { InstallError, isInstallError } from './installError.ts'
export { installPlugin } from './installPlugin.ts'
export { type InstallPlan, planInstall } from './planInstall.ts'
export type { LayerProgress, Progress } from './progress.ts'
export { resumeInstall } from './resumeInstall.ts'
export { readSnapshot } from './snapshot.ts'
export type {
  ConsentPolicy,
  Engine,
  FlowOptions,
  InstallActor,
  InstallOptions,
  InstallSnapshot,
  PluginInstall,
  ResumeOptions,
  Transition,
} from './types.ts'
export type { FlowEvent, RecordedRun } from './viewer/flowEvent.ts'
