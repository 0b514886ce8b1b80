import type { EngineClient } from '../http/connectEngine.ts'
import { assertPlainName } from './plainName.ts'
import type { NameInput } from './pluginInspect.ts'

export interface PluginDisableInput extends NameInput {
  /** Disables a plugin in use as well. */
  force: boolean
}

/**
 * `POST /plugins/{name}/disable`. One that is disabled already is refused, with `force` too (recording
 * `disable.already-force`).
 */
export async function pluginDisable(
  client: EngineClient,
  { name, force }: PluginDisableInput,
  signal: AbortSignal,
): Promise<void> {
  const operation = 'pluginDisable'
  assertPlainName(name, operation)
  const path = `/plugins/${name}/disable${force ? '?force=1' : ''}`
  const answer = await client.send({ operation, subject: name, method: 'POST', path }, signal)
  await answer.nothing()
}
