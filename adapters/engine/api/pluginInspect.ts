import { isEngineError } from '../../../machines/errors.ts'
import type { Plugin } from '../../../machines/plugin.ts'
import type { EngineClient } from '../http/connectEngine.ts'
import { assertPlainName } from './plainName.ts'
import { isId, readPlugin } from './readPlugin.ts'
import { wrong } from './shape.ts'

export interface NameInput {
  /** Local name or full id. */
  name: string
}

/**
 * `GET /plugins/{name}/json`. `undefined`: the engine has no such plugin. It decides what is granted and
 * what is removed, so it takes no other call's answer for its own.
 */
export async function pluginInspect(
  client: EngineClient,
  { name }: NameInput,
  signal: AbortSignal,
): Promise<Plugin | undefined> {
  const operation = 'pluginInspect'
  assertPlainName(name, operation)
  const path = `/plugins/${name}/json`
  try {
    const answer = await client.send(
      { operation, subject: name, method: 'GET', path, apart: true, local: true },
      signal,
    )
    return await answer.json((value) => readAsked(value, name))
  } catch (error) {
    if (isEngineError(error) && error.code === 'not-found') return undefined
    throw error
  }
}

/** A removal that took another plugin for the one asked for would leave that one where it is. */
function readAsked(value: unknown, asked: string): Plugin {
  const plugin = readPlugin(value)
  return isId(asked) && plugin.Id !== asked ? wrong('Id', 'the one asked for') : plugin
}
