import type {
  CallOptions,
  Engine,
  InputOf,
  OperationId,
  OutputOf,
  RegistryAuth,
} from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import { digest, type samplePlugin } from './samples.ts'

/** The answers of an engine, by the operation. */
export type Answers = {
  [Id in OperationId]?: (input: InputOf<Id>, options: CallOptions) => Promise<OutputOf<Id>>
}

/** Every call of the port, as `operation argument`, in order. */
export interface FakeEngine extends Engine {
  readonly calls: string[]
}

/** An engine that gives these answers. */
export function engineOf(answers: Answers, called: (call: string) => void = () => {}): Engine {
  return {
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      called([id, ...Object.values(input).map(show)].join(' '))
      const answer = answers[id]
      if (!answer) throw new Error(`no answer to ${id}`)
      return answer(input, options)
    },
  }
}

/** An engine whose calls succeed at once, but for those that a test answers itself. */
export function fakeEngine(answers: Answers = {}): FakeEngine {
  const calls: string[] = []
  const defaults: Answers = {
    systemPing: async () => ({ apiVersion: '1.41', version: '20.10.24' }),
    getPluginPrivileges: async () => ({ privileges: [], hidden: false }),
    distributionInspect: async () => ({ digest }),
    pluginInspect: async () => undefined,
    pluginPull: async () => ({ digest }),
    pluginSet: async () => {},
    pluginEnable: async () => {},
    pluginDelete: async () => {},
  }
  return { ...engineOf({ ...defaults, ...answers }, (call) => calls.push(call)), calls }
}

/** The plugin on the engine changes with every look: the last of the list stays. */
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

/** The error that a promise rejects with; one that resolves is a failure. */
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
