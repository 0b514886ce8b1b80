import type { PluginEngine, RegistryAuth } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import { digest, type samplePlugin } from './samples.ts'

/** Every call of the port, as `operation argument`, in order. */
export interface FakeEngine extends PluginEngine {
  readonly calls: string[]
}

/** A port whose calls succeed at once, but for those that a test answers itself. */
export function fakeEngine(answers: Partial<PluginEngine> = {}): FakeEngine {
  const calls: string[] = []
  const defaults: PluginEngine = {
    systemPing: async () => ({ apiVersion: '1.41', version: '20.10.24' }),
    getPluginPrivileges: async () => null,
    distributionInspect: async () => ({ digest }),
    pluginInspect: async () => undefined,
    pluginPull: async () => ({ digest }),
    pluginSet: async () => {},
    pluginEnable: async () => {},
    pluginDelete: async () => {},
  }
  const engine = { ...defaults, ...answers }
  const recorded = Object.entries(engine).map(([operation, call]) => [
    operation,
    (...args: unknown[]) => {
      const shown = args.filter((arg) => !(arg instanceof AbortSignal))
      calls.push([operation, ...shown.map(show)].join(' '))
      return (call as (...args: unknown[]) => unknown)(...args)
    },
  ])
  return { ...(Object.fromEntries(recorded) as PluginEngine), calls }
}

/** What is on the engine changes with every look: the last of the list stays. */
export function inspections(...plugins: (ReturnType<typeof samplePlugin> | undefined | Error)[]) {
  let look = 0
  return async () => {
    const seen = plugins[Math.min(look++, plugins.length - 1)]
    if (seen instanceof Error) throw seen
    return seen
  }
}

export const noAuth: RegistryAuth = {
  load: async () => undefined,
  request: async () => undefined,
}

export const unreachable = new EngineError('engine-unreachable', 'no engine answers')

/** What a promise rejects with; one that resolves is a failure. */
export async function rejection(promise: Promise<unknown>): Promise<EngineError> {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)}`)
    },
    (error: EngineError) => error,
  )
}

function show(arg: unknown): string {
  return typeof arg === 'string' ? arg : JSON.stringify(arg)
}
