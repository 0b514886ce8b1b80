import type { Plugin } from '../../../machines/plugin.ts'
import { type Operation, plainName } from './operation.ts'
import { isId, readPlugin } from './readPlugin.ts'
import { wrong } from './shape.ts'

/**
 * `GET /plugins/{name}/json`. It decides what is granted and what is removed, so it has a connection of
 * its own, on which no late answer to another call can be taken for its own.
 */
export const pluginInspect: Operation<'pluginInspect'> = {
  kind: 'look',
  method: 'GET',
  dedicatedConnection: true,
  isOptional: true,
  path: ({ name }) => `/plugins/${plainName(name)}/json`,
  subject: ({ name }) => name,
  read: (answer, { name }) => answer.json((value) => readAsked(value, name)),
}

/** A removal that took another plugin for the one asked for would leave that one where it is. */
function readAsked(value: unknown, asked: string): Plugin {
  const plugin = readPlugin(value)
  return isId(asked) && plugin.Id !== asked ? wrong('Id', 'the one asked for') : plugin
}
