import type { Plugin } from '../../../machines/plugin.ts'
import {
  boolean,
  fields,
  flag,
  listOf,
  name,
  nameOrNone,
  objectOf,
  objectOrNone,
  string,
  text,
  textOrNull,
  wrong,
} from './shape.ts'

/** The fields that arguments, variables, devices and mounts have in common. */
const settable = { Name: text, Description: text, Settable: listOf(string) }

const mount = objectOf({
  ...settable,
  Source: textOrNull,
  Destination: text,
  Type: text,
  Options: listOf(string),
})
const device = objectOf({ ...settable, Path: textOrNull })

const plugin = objectOf({
  Enabled: boolean,
  Id: fullId,
  Name: name,
  PluginReference: nameOrNone,
  Config: objectOf({
    Args: objectOrNone({ ...settable, Value: listOf(string) }),
    Env: listOf(objectOf({ ...settable, Value: textOrNull })),
    Mounts: listOf(mount),
    Linux: objectOrNone({
      AllowAllDevices: flag,
      Capabilities: listOf(string),
      Devices: listOf(device),
    }),
    Network: objectOrNone({ Type: text }),
    IpcHost: flag,
    PidHost: flag,
    Interface: objectOrNone({ Socket: text, Types: listOf(interfaceType) }),
    Description: text,
  }),
  Settings: objectOrNone({
    Args: listOf(string),
    Devices: listOf(device),
    Env: listOf(string),
    Mounts: listOf(mount),
  }),
})

/**
 * Reads a plugin as `GET /plugins/{name}/json` shows it, with every field. Fields that Go leaves out are filled in
 * with their meaning; a config, an id, a name and whether it is enabled must be there, for they decide what is
 * granted and what is removed.
 *
 * @throws WrongShape naming the field
 */
export function readPlugin(value: unknown): Plugin {
  return plugin(value, '')
}

/** The id that a plugin is removed by: any other text would leave the plugin where it is. */
function fullId(value: unknown, at: string): string {
  return typeof value === 'string' && isId(value) ? value : wrong(at, 'a full id')
}

/** Whether it has the form of a full id, which every recording has. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

/** `docker.volumedriver/1.0`; API 1.25 answers with the parts of it. */
function interfaceType(value: unknown, at: string): string {
  if (typeof value === 'string') return value
  const parts = fields(value, at)
  const [prefix, capability, version] = ['Prefix', 'Capability', 'Version'].map((part) =>
    text(parts[part], `${at}.${part}`),
  )
  return `${prefix}.${capability}/${version}`
}
