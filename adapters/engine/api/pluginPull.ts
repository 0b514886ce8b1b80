import { type Operation, plainQuery } from './operation.ts'
import { readPull } from './readPull.ts'

/** `POST /plugins/pull`. Aborting cancels the pull on the engine, too (recording `pull.client-gone`). */
export const pluginPull: Operation<'pluginPull'> = {
  kind: 'pull',
  method: 'POST',
  path: ({ remote, name }) => `/plugins/pull?remote=${plainQuery(remote)}&name=${plainQuery(name)}`,
  body: ({ privileges }) => privileges,
  subject: ({ remote }) => remote,
  localName: ({ name }) => name,
  answerWithin: ({ pull }) => pull,
  read: (answer, _, options) => readPull(answer, options),
}
