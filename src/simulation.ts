export * from '../adapters/embedded/definePlugin.ts'
export { sampleRegistries } from '../adapters/embedded/sampleRegistries.ts'
export type { SimulationOptions } from '../adapters/embedded/simulatedEngine.ts'
export { type Simulation, simulateEngine } from '../adapters/simulation/simulateEngine.ts'
