import { type Operation, plainName } from './operation.ts'

/**
 * `POST /plugins/{name}/disable`; with force a plugin in use as well. A plugin that is disabled already is
 * refused, with force too (recording `disable.already-force`).
 */
export const pluginDisable: Operation<'pluginDisable'> = {
  kind: 'change',
  method: 'POST',
  path: ({ name, force }) => `/plugins/${plainName(name)}/disable${force ? '?force=1' : ''}`,
  subject: ({ name }) => name,
}
