import { isEngineError } from '../../machines/errors.ts'
import type { Plugin } from '../../machines/types.ts'
import type { EngineClient } from './connectEngine.ts'
import { assertPlainName } from './plainName.ts'
import { readPlugin } from './readPlugin.ts'

export interface NameInput {
  /** Local name or full id. */
  name: string
}

/** `GET /plugins/{name}/json`. `undefined`: the engine has no such plugin. */
export async function pluginInspect(
  client: EngineClient,
  { name }: NameInput,
  signal: AbortSignal,
): Promise<Plugin | undefined> {
  const operation = 'pluginInspect'
  assertPlainName(name, operation)
  const path = `/plugins/${name}/json`
  try {
    const answer = await client.send({ operation, subject: name, method: 'GET', path }, signal)
    return await answer.json(readPlugin)
  } catch (error) {
    if (isEngineError(error) && error.code === 'not-found') return undefined
    throw error
  }
}
