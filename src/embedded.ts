export * from '../adapters/embedded/definePlugin.ts'
export type { PluginProcess, PluginUses } from '../adapters/embedded/pluginStore.ts'
export { sampleRegistries } from '../adapters/embedded/sampleRegistries.ts'
export type { DiskState } from '../adapters/embedded/simulatedDisk.ts'
export {
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  type RecordedRequest,
  startEmbeddedEngine,
} from '../adapters/embedded/startEmbeddedEngine.ts'
