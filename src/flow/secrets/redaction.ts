import type {
  CallOptions,
  Engine,
  InputOf,
  OperationId,
  OutputOf,
} from '../../../machines/engine.ts'
import { EngineError, isEngineError } from '../../../machines/errors.ts'
import type { JSONMessage, Plugin } from '../../../machines/plugin.ts'
import { keyOf, type Setting, textOf } from '../../../machines/settings.ts'
import { type ValueCleaner, withoutValues } from './withoutValues.ts'

/**
 * The secret settings of one flow. Their values stay in its closure: printed, it is an object of
 * functions.
 *
 * @param given values by `NAME[.FIELD]`
 */
export function createRedaction(given: ReadonlyMap<string, string> = new Map()): Redaction {
  return given.size === 0 ? nothingSecret : redactionOf(given)
}

export type Redaction = ReturnType<typeof redactionOf>

function redactionOf(given: ReadonlyMap<string, string>) {
  const values = new Map(given)
  let cleaner = withoutValues(values)
  const applied = new WeakMap<Plugin, readonly string[]>()
  const originals = new WeakMap<Plugin, Plugin>()
  const redactPlugin = async (plugin: Plugin | undefined, clean: (text: string) => string) => {
    if (!plugin) return undefined
    const names = [...values].filter(([name, value]) => shows(plugin, name, value, clean))
    const masked = mask(await cleaner.dataInTurns(plugin), [...values.keys()], cleaner)
    originals.set(masked, plugin)
    applied.set(
      masked,
      names.map(([name]) => name),
    )
    return masked
  }
  /** A new error without a value: the old one shows its message in its stack, and may have causes. */
  const redactError = (error: unknown) => (values.size === 0 ? error : redacted(error, cleaner))
  return {
    /** Settings as the engine takes them. @throws EngineError `invalid-option` without a value */
    fill: (settings: readonly Setting[]) =>
      settings.map((setting) => {
        if (!setting.secret) return textOf(setting)
        const value = values.get(keyOf(setting))
        if (value === undefined) throw unknownValue(keyOf(setting))
        return textOf({ ...setting, value })
      }),
    /** True when a plugin that the redacted engine has shown has the value already. */
    has: (plugin: Plugin, setting: Setting) =>
      applied.get(plugin)?.includes(keyOf(setting)) === true,
    /** The plugin itself, of one that the redacted engine has shown. */
    original: (plugin: Plugin): Plugin => originals.get(plugin) ?? plugin,
    /**
     * Refuses a plugin whose own config a secret is hidden in: what is set again, or compared, would be another text.
     *
     * @throws EngineError `invalid-option`
     */
    refuseHidden(plugin: Plugin): void {
      const { Config } = originals.get(plugin) ?? plugin
      if (JSON.stringify(Config) === JSON.stringify(plugin.Config)) return
      throw new EngineError(
        'invalid-option',
        `the config of ${plugin.Name} has the value of a secret setting in it, which would be hidden: give that setting without making it secret`,
        { unsent: true },
      )
    },
    redactError,
    /** The engine, without a value in its errors, its progress and the settings of a plugin. */
    withRedaction: (engine: Engine): Engine => ({
      async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
        if (values.size === 0) return engine.call(id, input, options)
        const { onMessage } = options
        const show = (message: JSONMessage) => onMessage?.(redactMessage(message, cleaner))
        let clean = (text: string) => text
        const cleanedBy = (by: typeof clean) => {
          clean = by
        }
        try {
          const output = await engine.call(id, input, { ...options, onMessage: show, cleanedBy })
          if (id !== 'pluginInspect') return await cleaner.dataInTurns(output)
          return (await redactPlugin(output as OutputOf<'pluginInspect'>, clean)) as OutputOf<Id>
        } catch (error) {
          throw redactError(error)
        }
      },
    }),
    /** Drops the values. */
    forget() {
      values.clear()
      cleaner = withoutValues(values)
    },
  }
}

/** Of the flows without secret settings, which are most of them. */
const nothingSecret: Redaction = {
  ...redactionOf(new Map()),
  withRedaction: (engine) => engine,
}

function redacted(error: unknown, clean: ValueCleaner): unknown {
  if (!(error instanceof Error)) return error
  const message = clean.cut(error.message)
  if (!isEngineError(error)) return Object.assign(new Error(message), { name: error.name })
  const { engineMessage, next, ...details } = error.details
  return new EngineError(error.code, message, {
    ...details,
    ...(engineMessage === undefined ? {} : { engineMessage: clean.cut(engineMessage) }),
    ...(next === undefined ? {} : { next: clean.cut(next) }),
  })
}

function redactMessage(message: JSONMessage, clean: ValueCleaner): JSONMessage {
  const { id, status, progress, progressDetail } = message
  return {
    ...(id === undefined ? {} : { id: clean.words(id) }),
    ...(status === undefined ? {} : { status: clean.words(status) }),
    ...(progress === undefined ? {} : { progress: clean.words(progress) }),
    ...(progressDetail && { progressDetail }),
  }
}

/**
 * True when an engine shows this value of a setting, which it does for `env` and `args` only. `clean` was done to its answer:
 * a value that has the password of a registry in it is shown without that.
 */
function shows(
  { Config, Settings }: Plugin,
  key: string,
  value: string,
  clean: (text: string) => string,
): boolean {
  const name = envNameOf(key)
  if ((Settings.Env ?? []).includes(clean(`${name}=${value}`))) return true
  const args = value.split(' ').map(clean).join(' ')
  return Config.Args.Name === name && (Settings.Args ?? []).join(' ') === args
}

/** Treats the plugin's current value of a secret setting as secret too, regardless of who set it. */
function mask(plugin: Plugin, keys: readonly string[], clean: ValueCleaner): Plugin {
  const names = keys.map(envNameOf)
  const { Env, Args } = plugin.Settings
  const hide = (line: string) => {
    const name = line.split('=', 1)[0] ?? ''
    return names.includes(name) ? `${name}=…` : clean.words(line)
  }
  const isHidden = names.includes(plugin.Config.Args.Name)
  const args = isHidden ? Args?.map(() => '…') : Args?.map(clean.words)
  const settings = { ...plugin.Settings, Env: Env?.map(hide) ?? null, Args: args ?? null }
  return { ...plugin, Settings: settings }
}

/** The name that an engine shows a variable by, of `NAME[.value]`: `env` and `args` have the one field `value`. */
export function envNameOf(key: string): string {
  return key.replace(/(.)\.value$/, '$1')
}

function unknownValue(name: string): EngineError {
  return new EngineError('invalid-option', `the value of the secret setting "${name}" is not known`)
}
