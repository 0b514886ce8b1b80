export {
  type ConfigSketch,
  definePlugin,
  type EmbeddedLayer,
  type EmbeddedPlugin,
  type EmbeddedRegistry,
  type PluginBehaviour,
  type PluginDamage,
  type PluginSketch,
  type RegistryAccess,
} from '../adapters/embedded/definePlugin.ts'
export { sampleRegistries } from '../adapters/embedded/sampleRegistries.ts'
export type { SimulationOptions } from '../adapters/embedded/simulatedEngine.ts'
export { type Simulation, simulateEngine } from '../adapters/simulation/simulateEngine.ts'
