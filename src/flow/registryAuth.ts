import type { CallOptions, Engine, InputOf, OperationId } from '../../machines/engine.ts'

/** The engine, which sends the credentials that a flow holds with every call that reaches a registry. */
export function withRegistryAuth(engine: Engine, header: () => string | undefined): Engine {
  return {
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      const registryAuth = 'remote' in input ? header() : undefined
      return engine.call(
        id,
        input,
        registryAuth === undefined ? options : { ...options, registryAuth },
      )
    },
  }
}
