import type { PluginConfig, PluginPrivilege } from '../../machines/plugin.ts'
import { computePrivileges } from '../../machines/privileges.ts'
import { ApiError } from './apiError.ts'

/**
 * The engine's own comparison of what was granted with what a config asks for, with its holes: the
 * first privilege by name is not looked at (CVE-2026-33997), and a list of values is sorted only
 * when its privilege changes place, in the config as well (`inspect.all`).
 */
export function demandConsent(config: PluginConfig, granted: readonly PluginPrivilege[]): void {
  const asked = sortBySwapping(computePrivileges(config))
  const capabilities = asked.find(({ Name }) => Name === 'capabilities')
  if (capabilities) config.Linux.Capabilities = capabilities.Value
  const given = sortBySwapping(granted)
  const same = asked.every((one, at) => at === 0 || isEqual(one, given[at]))
  if (asked.length !== given.length || !same) throw new ApiError(500, 'incorrect privileges')
}

function isEqual(one: PluginPrivilege, other: PluginPrivilege | undefined): boolean {
  return one.Name === other?.Name && JSON.stringify(one.Value) === JSON.stringify(other.Value)
}

function sortBySwapping(privileges: readonly PluginPrivilege[]): PluginPrivilege[] {
  const sorted = privileges.map((privilege) => ({ ...privilege, Value: [...privilege.Value] }))
  for (let end = 1; end < sorted.length; end++) {
    for (let at = end; at > 0; at--) {
      const [left, right] = [sorted[at - 1] as PluginPrivilege, sorted[at] as PluginPrivilege]
      if (left.Name <= right.Name) break
      left.Value.sort()
      right.Value.sort()
      sorted.splice(at - 1, 2, right, left)
    }
  }
  return sorted
}
