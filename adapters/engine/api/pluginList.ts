import { filtersQuery, type Operation } from './operation.ts'
import { readPlugin } from './readPlugin.ts'
import { listOrNull } from './shape.ts'

/** In bytes. */
const MAX_LIST = 8 * 1024 * 1024

/** `GET /plugins`. A filter that the engine does not know is refused (recording `list.filter-unknown`). */
export const pluginList: Operation<'pluginList'> = {
  kind: 'look',
  method: 'GET',
  path: ({ filters }) => `/plugins${filtersQuery(filters)}`,
  read: (answer) =>
    answer.json(
      // As many as there is room for.
      (value) => listOrNull(value, 'the answer', (each) => readPlugin(each), MAX_LIST) ?? [],
      MAX_LIST,
    ),
}
