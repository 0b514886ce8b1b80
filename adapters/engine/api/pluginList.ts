import { filtersQuery, type Operation } from './operation.ts'
import { readPlugin } from './readPlugin.ts'
import { listOrNull } from './shape.ts'

/** `GET /plugins`. A filter that the engine does not know is refused (recording `list.filter-unknown`). */
export const pluginList: Operation<'pluginList'> = {
  kind: 'look',
  method: 'GET',
  path: ({ filters }) => `/plugins${filtersQuery(filters)}`,
  read: (answer) =>
    answer.json((value) => listOrNull(value, 'the answer', (each) => readPlugin(each)) ?? []),
}
