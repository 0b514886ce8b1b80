import type { PluginEngine } from '../../../machines/engine.ts'
import { EngineError, isEngineError } from '../../../machines/errors.ts'
import type { JSONMessage, Plugin } from '../../../machines/plugin.ts'
import type { SecretSetting, Setting } from '../../../machines/settings.ts'
import { isSecret } from '../../../machines/settings.ts'
import { type ValueCleaner, withoutValues } from './withoutValues.ts'

/**
 * The secret settings of one flow. Their values stay in its closure: printed, it is a bag of
 * functions.
 */
export interface FlowSecrets {
  /** Settings as the engine takes them. @throws EngineError `invalid-option` without a value */
  fill(settings: readonly Setting[]): string[]
  /** Whether a plugin that `guard`'s engine has looked up has the value already. */
  has(plugin: Plugin, setting: SecretSetting): boolean
  /** The engine, which tells no value in its errors, its progress and the settings of a plugin. */
  guard(engine: PluginEngine): PluginEngine
  /** A call's outcome, without a value in the error it rejects with. */
  keptFrom<Result>(call: Promise<Result>): Promise<Result>
  /** Drops the values. */
  forget(): void
}

/** @param given values by `NAME[.FIELD]` */
export function keepSecrets(given: ReadonlyMap<string, string> = new Map()): FlowSecrets {
  const values = new Map(given)
  let cleaner = withoutValues(values)
  const clean: ValueCleaner = {
    words: (text) => cleaner.words(text),
    cut: (words) => cleaner.cut(words),
    data: (value) => cleaner.data(value),
  }
  const applied = new WeakMap<Plugin, readonly string[]>()
  const look = (plugin: Plugin | undefined) => {
    if (!plugin) return undefined
    const names = [...values].filter(([name, value]) => shows(plugin, name, value))
    const masked = mask(clean.data(plugin), [...values.keys()], clean)
    applied.set(
      masked,
      names.map(([name]) => name),
    )
    return masked
  }
  return {
    fill: (settings) =>
      settings.map((setting) => {
        if (!isSecret(setting)) return setting
        const value = values.get(setting.name)
        if (value === undefined) throw unknownValue(setting.name)
        return `${setting.name}=${value}`
      }),
    has: (plugin, { name }) => applied.get(plugin)?.includes(name) === true,
    keptFrom: (call) => withoutValuesIn(call, clean),
    guard: (engine) => (values.size === 0 ? engine : guardEngine(engine, clean, look)),
    forget() {
      values.clear()
      cleaner = withoutValues(values)
    },
  }
}

function guardEngine(
  engine: PluginEngine,
  clean: ValueCleaner,
  look: (plugin: Plugin | undefined) => Plugin | undefined,
): PluginEngine {
  const kept = <Result>(call: Promise<Result>) => withoutValuesIn(call, clean)
  return {
    systemPing: (...args) => kept(engine.systemPing(...args)),
    getPluginPrivileges: async (...args) =>
      clean.data(await kept(engine.getPluginPrivileges(...args))),
    distributionInspect: (...args) => kept(engine.distributionInspect(...args)),
    pluginInspect: async (...args) => look(await kept(engine.pluginInspect(...args))),
    pluginPull({ onMessage, ...request }, signal) {
      const tell = (message: JSONMessage) => onMessage?.(withoutValuesInMessage(message, clean))
      return kept(engine.pluginPull({ ...request, onMessage: tell }, signal))
    },
    pluginSet: (...args) => kept(engine.pluginSet(...args)),
    pluginEnable: (...args) => kept(engine.pluginEnable(...args)),
    pluginDelete: (...args) => kept(engine.pluginDelete(...args)),
  }
}

async function withoutValuesIn<Result>(
  call: Promise<Result>,
  clean: ValueCleaner,
): Promise<Result> {
  try {
    return await call
  } catch (error) {
    throw cleaned(error, clean)
  }
}

/** A new error: the old one shows its message in its stack, and may have causes. */
function cleaned(error: unknown, clean: ValueCleaner): unknown {
  if (!(error instanceof Error)) return error
  const message = clean.cut(error.message)
  if (!isEngineError(error)) return Object.assign(new Error(message), { name: error.name })
  const { engineMessage, ...details } = error.details
  const said = engineMessage === undefined ? {} : { engineMessage: clean.cut(engineMessage) }
  return new EngineError(error.code, message, { ...details, ...said })
}

function withoutValuesInMessage(message: JSONMessage, clean: ValueCleaner): JSONMessage {
  const { id, status, progress, progressDetail } = message
  return {
    ...(id === undefined ? {} : { id: clean.words(id) }),
    ...(status === undefined ? {} : { status: clean.words(status) }),
    ...(progress === undefined ? {} : { progress: clean.words(progress) }),
    ...(progressDetail && { progressDetail }),
  }
}

/** Whether an engine shows this value for a setting: it has it only for `env` and for `args`. */
function shows({ Config, Settings }: Plugin, key: string, value: string): boolean {
  const name = nameOf(key)
  if ((Settings.Env ?? []).includes(`${name}=${value}`)) return true
  return Config.Args.Name === name && (Settings.Args ?? []).join(' ') === value
}

/** What a plugin has for a setting that is secret is so, whoever set it. */
function mask(plugin: Plugin, keys: readonly string[], clean: ValueCleaner): Plugin {
  const names = keys.map(nameOf)
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

/** `env` and `args` have the one field `value`. */
function nameOf(key: string): string {
  return key.replace(/(.)\.value$/, '$1')
}

function unknownValue(name: string): EngineError {
  return new EngineError('invalid-option', `the value of the secret setting "${name}" is not known`)
}
