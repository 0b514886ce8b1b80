import type { EngineClient } from '../http/connectEngine.ts'
import { assertPlainName } from './plainName.ts'
import type { NameInput } from './pluginInspect.ts'
import { type Fields, fields } from './shape.ts'

/**
 * `GET /plugins/{name}/json`, with every field as the engine gave it: for people, and not to decide
 * by. Rejects with `not-found` when the engine has no such plugin.
 */
export async function pluginInspectWhole(
  client: EngineClient,
  { name }: NameInput,
  signal: AbortSignal,
): Promise<Fields> {
  const operation = 'pluginInspect'
  assertPlainName(name, operation)
  const path = `/plugins/${name}/json`
  const answer = await client.send(
    { operation, subject: name, method: 'GET', path, local: true },
    signal,
  )
  return answer.json((value) => fields(value, 'the answer'))
}
