import type { PluginPrivilege } from '../../machines/plugin.ts'
import { ApiError } from './apiError.ts'
import { asList, asObject, asString, decodeJson } from './goJson.ts'

/** The body of a pull: a list or `null`, whatever its Content-Type (`pull.body-*`). */
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
