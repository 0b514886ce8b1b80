import type { Plugin } from '../../machines/plugin.ts'
import { ApiError } from './apiError.ts'
import type { Exchange } from './exchange.ts'
import { asObject, decodeJson } from './goJson.ts'
import type { SimulatedEngine } from './simulatedEngine.ts'

type Filters = Map<string, string[]>

/** `GET /plugins` */
export function pluginList({ store }: SimulatedEngine, exchange: Exchange): void {
  const filters = parseFilters(exchange.query.get('filters') ?? '')
  const enabled = filters.get('enabled')
  if (enabled && !enabled.includes('true') && !enabled.includes('false')) {
    throw new ApiError(400, `Invalid filter 'enabled=[${enabled.join(' ')}]'`)
  }
  const plugins = store
    .all()
    .map(({ plugin }) => plugin)
    .filter(({ Enabled }) => !enabled || Enabled === enabled.includes('true'))
    .filter((plugin) => hasCapability(plugin, filters.get('capability')))
  exchange.json(200, plugins)
}

/** `GET /plugins/{name}/json` */
export function pluginInspect({ store }: SimulatedEngine, exchange: Exchange): void {
  exchange.json(200, store.find(exchange.name).plugin)
}

/** A list of values each, or the older form of a map (`list.enabled-map-form`). */
function parseFilters(text: string): Filters {
  const filters: Filters = new Map()
  for (const [name, values] of text === '' ? [] : decodeFilters(text)) {
    if (name !== 'enabled' && name !== 'capability') {
      throw new ApiError(400, `Invalid filter '${name}'`)
    }
    filters.set(name, values)
  }
  return filters
}

function decodeFilters(text: string): [name: string, values: string[]][] {
  try {
    const filters = asObject(decodeJson(text).value, 'map[string][]string')
    return Object.entries(filters).map(([name, values]) => [
      name,
      Array.isArray(values)
        ? values.map(String)
        : Object.keys(asObject(values, 'map[string]map[string]bool')),
    ])
  } catch (error) {
    throw new ApiError(500, (error as Error).message)
  }
}

/** `volumedriver` of `docker.volumedriver/1.0`; every type of the plugin must match. */
function hasCapability({ Config }: Plugin, wanted: string[] | undefined): boolean {
  const types = Config.Interface.Types ?? []
  const capabilities = types.map((type) => type.replace(/^[^.]*\./, '').replace(/\/.*$/, ''))
  return !wanted || capabilities.every((one) => wanted.some((part) => one.includes(part)))
}
