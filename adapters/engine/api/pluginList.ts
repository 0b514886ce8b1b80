import type { InputOf } from '../../../machines/engine.ts'
import type { Operation } from './operation.ts'
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

/** As a map of maps: newer engines announce the end of the shorter form (`list.enabled-map-form`). */
function filtersQuery(filters: InputOf<'pluginList'>['filters'] = {}): string {
  const maps = Object.entries(filters).map(([name, values]) => [
    name,
    Object.fromEntries(values.map((value) => [value, true])),
  ])
  if (maps.length === 0) return ''
  return `?filters=${encodeURIComponent(JSON.stringify(Object.fromEntries(maps)))}`
}
