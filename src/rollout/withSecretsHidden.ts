import { catalogue } from '../../machines/catalogue.ts'
import type { CallOptions, InputOf, OperationId } from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import type { Plugin } from '../../machines/plugin.ts'
import { createRedaction, envNameOf } from '../flow/secrets/redaction.ts'
import type { Engine } from '../flow/types.ts'

/**
 * An engine whose errors hold no value that a plugin has for a secret setting: they are recorded. The values are those that the engine
 * shows, since a worker that takes a change back may not have them, and an upgrade meets those of an earlier install.
 *
 * @param keys `NAME[.value]` of the secret settings
 */
export function withSecretsHidden(engine: Engine, keys: readonly string[]): Engine {
  if (keys.length === 0) return engine
  const names = keys.map(envNameOf)
  /** One for each value: a plugin has several in the course of a change. */
  const redactions = new Map<string, ReturnType<typeof createRedaction>>()
  let isRead = false

  const read = (plugin: Plugin | undefined) => {
    isRead = true
    for (const [name, value] of plugin ? valuesOf(plugin) : []) {
      if (!names.includes(name)) continue
      redactions.set(`${name}=${value}`, createRedaction(new Map([[name, value]])))
    }
  }
  const redact = (error: unknown): unknown => {
    if (!isRead && isEngineError(error)) return withoutWords(error)
    return [...redactions.values()].reduce((each, { redactError }) => redactError(each), error)
  }
  return {
    ...engine,
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      try {
        const output = await engine.call(id, input, options)
        if (id === 'pluginInspect') read(output as Plugin | undefined)
        return output
      } catch (error) {
        throw redact(error)
      }
    },
  }
}

function valuesOf({ Config, Settings }: Plugin): [name: string, value: string][] {
  const { Name } = Config.Args
  const args = Settings.Args ?? []
  return [
    ...(Settings.Env ?? []).map((line): [string, string] => {
      const [name = ''] = line.split('=', 1)
      return [name, line.slice(name.length + 1)]
    }),
    ...[args.join(' '), ...args].map((value): [string, string] => [Name, value]),
  ]
}

/** Until the plugin has been read, the engine's words may quote a value that is not known yet. */
function withoutWords(error: EngineError): EngineError {
  const { engineMessage, next: _, ...details } = error.details
  if (engineMessage === undefined) return error
  return new EngineError(error.code, catalogue[error.code].summary, details)
}
