import { type Operation, plainName } from './operation.ts'

/**
 * `POST /plugins/{name}/set`. A set that fails halfway has applied the settings before (recording
 * `inspect.after-set-second-unknown`).
 */
export const pluginSet: Operation<'pluginSet'> = {
  kind: 'change',
  method: 'POST',
  path: ({ name }) => `/plugins/${plainName(name)}/set`,
  body: ({ settings }) => settings,
  subject: ({ name }) => name,
}
