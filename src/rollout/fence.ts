import { operations } from '../../adapters/engine/api/operations.ts'
import type { CallOptions, InputOf, OperationId } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import type { PluginPrivilege } from '../../machines/plugin.ts'
import { comparePrivileges } from '../../machines/privileges.ts'
import type { Engine } from '../flow/types.ts'

/**
 * An engine that checks the lease before each request that changes it.
 *
 * @param mayChange rejects once the lease is lost
 */
export function fenced(engine: Engine, mayChange: () => Promise<void>): Engine {
  return {
    ...engine,
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      if (operations[id].kind !== 'look') await mayChange()
      return engine.call(id, input, options)
    },
  }
}

/** An engine that pulls a plugin only with the privileges that were granted. */
export function withConsent(engine: Engine, agreed: readonly PluginPrivilege[]): Engine {
  return {
    ...engine,
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      if (id === 'pluginPull' || id === 'pluginUpgrade') {
        const { privileges } = input as InputOf<'pluginPull'>
        const difference = comparePrivileges(agreed, privileges)
        if (difference) {
          throw new EngineError(
            'consent-mismatch',
            'the plugin asks for other privileges than those that were agreed to',
            { unsent: true, difference },
          )
        }
      }
      return engine.call(id, input, options)
    },
  }
}
