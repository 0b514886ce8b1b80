import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export const ROOT = join(import.meta.dirname, '..', '..')
/** The command, as it is shipped. */
export const COMMAND = join(ROOT, 'dist', 'command', 'bin.cjs')

/** The package as hosts get it; what runs TypeScript from its sources adds costs of its own. */
export function builtPackage(): Promise<typeof import('../../src/index.ts')> {
  return load('src/index.js')
}

export function builtUpgrade(): Promise<typeof import('../../src/upgrade.ts')> {
  return load('src/upgrade.js')
}

export function builtRollout(): Promise<typeof import('../../src/rollout.ts')> {
  return load('src/rollout.js')
}

export function builtQueue(): Promise<typeof import('../../src/queue.ts')> {
  return load('src/queue.js')
}

export function builtSimulation(): Promise<typeof import('../../src/simulation.ts')> {
  return load('src/simulation.js')
}

export function builtDecoder(): Promise<typeof import('../../adapters/engine/http/jsonStream.ts')> {
  return load('adapters/engine/http/jsonStream.js')
}

function load<Module>(path: string): Promise<Module> {
  return import(pathToFileURL(join(ROOT, 'dist', path)).href)
}
