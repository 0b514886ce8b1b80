/**
 * The flow alone, for a host that brings its own `Engine`: nothing here, nor what it loads later, needs
 * Node.js. It runs as well in a page or a webview whose engine is reached through the app around it.
 */
export type {
  CredentialsSource,
  RegistryCredentials,
} from '../adapters/credentials/registryAuth.ts'
export type { InstallErrorCode } from '../machines/catalogue.ts'
export { catalogue } from '../machines/catalogue.ts'
export type { EngineErrorDetails, Failure } from '../machines/errors.ts'
export { EngineError } from '../machines/errors.ts'
export type {
  ConsentDecision,
  ConsentRecord,
  ConsentRequest,
  InstalledPlugin,
  RollbackReport,
} from '../machines/plugin-install/types.ts'
export type {
  CredentialsRequest,
  PluginEngine,
  PullRequest,
  PullResult,
} from '../machines/ports.ts'
export type {
  EngineVersion,
  JSONMessage,
  Plugin,
  PluginConfig,
  PluginPrivilege,
} from '../machines/types.ts'
export { InstallError, isInstallError } from './installError.ts'
export { installPlugin } from './installPlugin.ts'
export type { LayerProgress, Progress } from './progress.ts'
export { defaultPolicy, type Policy, type PolicyOptions } from './retry/policy.ts'
export type {
  ConsentPolicy,
  Engine,
  FlowOptions,
  InstallOptions,
  InstallSnapshot,
  PluginInstall,
  Retry,
  Transition,
} from './types.ts'
