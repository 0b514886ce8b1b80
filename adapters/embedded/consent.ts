import type { PluginConfig, PluginPrivilege } from '../../machines/plugin.ts'
import { computePrivileges } from '../../machines/privileges.ts'
import { ApiError } from './exchange.ts'
import { asList, asObject, asString, decodeJson } from './goJson.ts'

/** Reads the body of a pull: a list or `null`, whatever its Content-Type (`pull.body-*`). */
export function parseGranted(body: string): PluginPrivilege[] {
  const { privileges, more } = parseList(body)
  if (more) throw new ApiError(500, 'invalid privileges')
  return privileges
}

function parseList(body: string): { privileges: PluginPrivilege[]; more: boolean } {
  try {
    const { value, more } = decodeJson(body)
    return { privileges: asList(value, 'types.PluginPrivileges').map(parsePrivilege), more }
  } catch (error) {
    throw new ApiError(500, `failed to parse privileges: ${(error as Error).message}`)
  }
}

/** Go takes the keys in any case (`pull.privileges-lowercase-keys`). */
function parsePrivilege(item: unknown): PluginPrivilege {
  const fields = Object.entries(asObject(item, 'types.PluginPrivilege'))
  const { name, description, value } = Object.fromEntries(
    fields.map(([key, field]) => [key.toLowerCase(), field]),
  )
  return {
    Name: asString(name),
    Description: asString(description),
    Value: asList(value, '[]string').map(asString),
  }
}

/**
 * Compares what was granted with what a config asks for as the engine does, with its holes: the first
 * privilege by name is skipped (CVE-2026-33997), and a list of values is sorted only when its privilege
 * changes place, in the config as well (`inspect.all`).
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
