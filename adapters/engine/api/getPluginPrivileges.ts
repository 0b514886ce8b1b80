import type { PluginPrivilege } from '../../../machines/plugin.ts'
import { type Operation, plainQuery } from './operation.ts'
import { fields, listOrNull, name, string, text } from './shape.ts'

/**
 * `GET /plugins/privileges`. An engine answers `null` for a plugin that asks for nothing, and `[]` when
 * it could not look (recordings `privileges.plain`, `privileges.auth-none`). It decides what is consented
 * to, so it has a connection of its own, as `pluginInspect` has.
 */
export const getPluginPrivileges: Operation<'getPluginPrivileges'> = {
  kind: 'look',
  method: 'GET',
  dedicatedConnection: true,
  path: ({ remote }) => `/plugins/privileges?remote=${plainQuery(remote)}`,
  subject: ({ remote }) => remote,
  read: (answer) =>
    answer.json((value) => {
      const privileges = listOrNull(value, 'the answer', readPrivilege)
      return { privileges: privileges ?? [], hidden: privileges?.length === 0 }
    }),
}

function readPrivilege(value: unknown, at: string): PluginPrivilege {
  const privilege = fields(value, at)
  return {
    Name: name(privilege.Name, `${at}.Name`),
    Description: text(privilege.Description, `${at}.Description`),
    Value: listOrNull(privilege.Value, `${at}.Value`, string) ?? [],
  }
}
