import { type Operation, plainName, plainQuery } from './operation.ts'
import { readPull } from './readPull.ts'

/**
 * `POST /plugins/{name}/upgrade`. The engine looks only at the start whether the plugin is disabled
 * (recording `upgrade.enabled-meanwhile`). Aborting while it downloads leaves the plugin as it was
 * (recording `upgrade.client-gone`).
 */
export const pluginUpgrade: Operation<'pluginUpgrade'> = {
  kind: 'pull',
  method: 'POST',
  path: ({ name, remote }) => `/plugins/${plainName(name)}/upgrade?remote=${plainQuery(remote)}`,
  body: ({ privileges }) => privileges,
  subject: ({ remote }) => remote,
  localName: ({ name }) => name,
  answerWithin: ({ pull }) => pull,
  read: (answer, _, options) => readPull(answer, options),
}
