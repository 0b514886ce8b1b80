import { EngineError } from '../../../machines/errors.ts'
import type { Setting } from '../../../machines/settings.ts'
import type { GivenSetting, GivenSettings } from '../types.ts'

/** Settings as the machine may know them, and apart from them the values of the secret ones. */
export interface SettingsRead {
  settings: Setting[]
  /** By `NAME[.FIELD]`. */
  values: Map<string, string>
}

/**
 * Takes the values of secret settings out of what a host wrote.
 *
 * @throws EngineError `invalid-setting` for a name with `=`, a value that is no text, and a secret that
 * is given twice; it tells names only
 */
export function readSettings(given: GivenSettings = []): SettingsRead {
  const values = new Map<string, string>()
  const settings = listed(given).map((setting): Setting => {
    if (typeof setting === 'string') return setting
    const { name, value } = takeApart(setting.setting)
    if (values.has(name)) throw refused(name, 'is given twice')
    values.set(name, value)
    return { name, secret: true }
  })
  return { settings, values }
}

function listed(given: GivenSettings): readonly GivenSetting[] {
  if (isList(given)) return given
  return Object.entries(given).map(([name, value]): GivenSetting => {
    if (name.includes('=')) throw refused(name.split('=', 1)[0] ?? '', 'has "=" in its name')
    if (typeof value === 'string') return `${name}=${value}`
    const secret: unknown = value?.value
    if (typeof secret !== 'string') throw refused(name, 'has a value that is no text')
    return { setting: `${name}=${secret}`, secret: true }
  })
}

function isList(given: GivenSettings): given is readonly GivenSetting[] {
  return Array.isArray(given)
}

function takeApart(setting: unknown): { name: string; value: string } {
  if (typeof setting !== 'string') throw refused('', 'is no text')
  const equals = setting.indexOf('=')
  if (equals === -1) throw refused('', 'is not written as NAME[.FIELD]=VALUE')
  return { name: setting.slice(0, equals), value: setting.slice(equals + 1) }
}

function refused(name: string, why: string): EngineError {
  const which = name === '' ? 'a secret setting' : `the setting "${name}"`
  return new EngineError('invalid-setting', `${which} ${why}`)
}
