import type { Plugin } from '../../plugin.ts'
import { parseSetting } from '../../settings.ts'

/** Whether a setting has the wanted value already. One that the plugin does not have has not. */
export function isApplied({ Config, Settings }: Plugin, text: string): boolean {
  const { name, value } = parseSetting(text)
  if ((Config.Env ?? []).some(({ Name }) => Name === name)) {
    return (Settings.Env ?? []).includes(`${name}=${value}`)
  }
  const mount = (Settings.Mounts ?? []).find(({ Name }) => Name === name)
  if (mount) return mount.Source === value
  const device = (Settings.Devices ?? []).find(({ Name }) => Name === name)
  if (device) return device.Path === value
  return Config.Args.Name === name && (Settings.Args ?? []).join(' ') === value
}
