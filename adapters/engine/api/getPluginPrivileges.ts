import type { PluginPrivilege } from '../../../machines/plugin.ts'
import type { EngineClient } from '../http/connectEngine.ts'
import { assertPlainName } from './plainName.ts'
import { fields, listOrNull, name, string, text } from './shape.ts'

export interface RemoteInput {
  /** A reference, e.g. `docker.io/vieux/sshfs:latest`. */
  remote: string
  /** Value of `X-Registry-Auth`: a secret. */
  registryAuth?: string | undefined
}

/**
 * `GET /plugins/privileges`. `null`: the plugin asks for nothing. `[]`: the engine could not look
 * (recordings `privileges.plain`, `privileges.auth-none`).
 */
export async function getPluginPrivileges(
  client: EngineClient,
  { remote, registryAuth }: RemoteInput,
  signal: AbortSignal,
): Promise<PluginPrivilege[] | null> {
  const operation = 'getPluginPrivileges'
  assertPlainName(remote, operation)
  const path = `/plugins/privileges?remote=${encodeURIComponent(remote)}`
  const answer = await client.send(
    { operation, subject: remote, method: 'GET', path, registryAuth },
    signal,
  )
  return answer.json((value) => listOrNull(value, 'the answer', readPrivilege))
}

function readPrivilege(value: unknown, at: string): PluginPrivilege {
  const privilege = fields(value, at)
  return {
    Name: name(privilege.Name, `${at}.Name`),
    Description: text(privilege.Description, `${at}.Description`),
    Value: listOrNull(privilege.Value, `${at}.Value`, string) ?? [],
  }
}
