import { EngineError } from '../../../machines/errors.ts'
import {
  checkHostPath,
  keyOf,
  namesHostPath,
  parseSetting,
  type Setting,
} from '../../../machines/settings.ts'
import type { GivenSetting, GivenSettings } from '../types.ts'

/** Settings as the machine may know them, and apart from them the values of the secret ones. */
export interface ParsedSettings {
  settings: Setting[]
  /** By `NAME[.FIELD]`. */
  values: Map<string, string>
}

/** Of all flows without secret settings, which are most of them. Nothing is added to it. */
const NO_VALUES = new Map<string, string>()

/**
 * Parses the settings that a host wrote.
 *
 * @throws EngineError `invalid-setting` for a name that is missing or has `=`, a value that is not a
 * string, a path that is not absolute, a secret that is given twice, and a secret that has to be shown to be consented to; of secrets
 * only names are in its message
 */
export function parseSettings(given: GivenSettings = []): ParsedSettings {
  let values = NO_VALUES
  const settings = listed(given).map((each): Setting => {
    if (typeof each === 'string') return parsePlain(each)
    const { value, ...setting } = parseSecret(each.setting)
    const key = keyOf(setting)
    if (values.has(key)) throw refused(key, 'is given twice')
    if (namesHostPath(setting)) throw refused(key, MUST_BE_SHOWN)
    if (values === NO_VALUES) values = new Map()
    values.set(key, value)
    return { ...setting, secret: true }
  })
  return { settings, values }
}

const MUST_BE_SHOWN =
  'cannot be secret: what a mount or a device is pointed at is part of what is consented to'

function listed(given: GivenSettings): readonly GivenSetting[] {
  if (isList(given)) return given
  return Object.entries(given).map(([name, value]): GivenSetting => {
    if (name.includes('=')) throw refused(name.split('=', 1)[0] ?? '', 'has "=" in its name')
    if (typeof value === 'string') return `${name}=${value}`
    const secret: unknown = value?.value
    if (typeof secret !== 'string') throw refused(name, 'has a value that is not a string')
    return { setting: `${name}=${secret}`, secret: true }
  })
}

function isList(given: GivenSettings): given is readonly GivenSetting[] {
  return Array.isArray(given)
}

function parsePlain(text: string): Setting {
  const setting = parseSetting(text)
  if (namesHostPath(setting)) checkHostPath(setting)
  return setting
}

function parseSecret(text: unknown): Setting & { value: string } {
  if (typeof text !== 'string') throw refused('', 'is not a string')
  if (text.startsWith('=')) throw refused('', 'has no name')
  const { value, ...setting } = parseSetting(text)
  if (value === undefined) throw refused('', 'is not written as NAME[.FIELD]=VALUE')
  return { ...setting, value }
}

function refused(name: string, why: string): EngineError {
  const which = name === '' ? 'a secret setting' : `the setting "${name}"`
  return new EngineError('invalid-setting', `${which} ${why}`)
}
