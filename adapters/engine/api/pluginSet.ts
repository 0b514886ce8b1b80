import type { EngineClient } from '../http/connectEngine.ts'
import { assertPlainName } from './plainName.ts'
import type { NameInput } from './pluginInspect.ts'

export interface PluginSetInput extends NameInput {
  /** `NAME[.FIELD][=VALUE]` each. */
  settings: readonly string[]
}

/**
 * `POST /plugins/{name}/set`. One that fails halfway has applied the settings before (recording
 * `inspect.after-set-second-unknown`).
 */
export async function pluginSet(
  client: EngineClient,
  { name, settings }: PluginSetInput,
  signal: AbortSignal,
): Promise<void> {
  const operation = 'pluginSet'
  assertPlainName(name, operation)
  const path = `/plugins/${name}/set`
  const answer = await client.send(
    { operation, subject: name, method: 'POST', path, json: settings },
    signal,
  )
  await answer.nothing()
}
