import type { EngineClient } from '../http/connectEngine.ts'
import { assertPlainName } from './plainName.ts'
import type { NameInput } from './pluginInspect.ts'

export interface PluginDeleteInput extends NameInput {
  /** Removes an enabled plugin as well, and one in use. */
  force: boolean
}

/** `DELETE /plugins/{name}`. Rejects with `not-found` when the engine has no such plugin. */
export async function pluginDelete(
  client: EngineClient,
  { name, force }: PluginDeleteInput,
  signal: AbortSignal,
): Promise<void> {
  const operation = 'pluginDelete'
  assertPlainName(name, operation)
  const path = `/plugins/${name}${force ? '?force=1' : ''}`
  const answer = await client.send({ operation, subject: name, method: 'DELETE', path }, signal)
  await answer.nothing()
}
