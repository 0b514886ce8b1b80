import { type Operation, plainName } from './operation.ts'

/**
 * `DELETE /plugins/{name}`; with force an enabled plugin as well, and one in use. Rejects with
 * `not-found` when the engine has no such plugin.
 */
export const pluginDelete: Operation<'pluginDelete'> = {
  kind: 'change',
  method: 'DELETE',
  path: ({ name, force }) => `/plugins/${plainName(name)}${force ? '?force=1' : ''}`,
  subject: ({ name }) => name,
}
