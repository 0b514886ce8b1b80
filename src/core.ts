/**
 * The flow alone, for a host that brings its own `Engine`: nothing here, nor what it loads later, needs
 * Node.js. It runs as well in a page or a webview whose engine is reached through the app around it.
 */
export type {
  CredentialsSource,
  RegistryCredentials,
} from '../adapters/docker/registryAuth.ts'
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
export type { Queued } from '../machines/gate.ts'
export type {
  EngineVersion,
  JSONMessage,
  Plugin,
  PluginConfig,
  PluginPrivilege,
} from '../machines/plugin.ts'
export type { InstallSnapshot } from '../machines/plugin-install/snapshot.ts'
export type { InstalledPlugin, RollbackReport } from '../machines/plugin-install/types.ts'
export type { LayerProgress, Progress } from '../machines/progress.ts'
export type { Retry } from '../machines/retry.ts'
export { InstallError, isInstallError } from './flow/errors.ts'
export { installPlugin } from './flow/install.ts'
export { defaultPolicy, type Policy, type PolicyOptions } from './flow/retry/policy.ts'
export type {
  ConsentPolicy,
  Engine,
  FlowOptions,
  Ignored,
  InstallOptions,
  PluginInstall,
  Transition,
} from './flow/types.ts'
