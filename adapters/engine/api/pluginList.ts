import type { Plugin } from '../../../machines/plugin.ts'
import type { EngineClient } from '../http/connectEngine.ts'
import { readPlugin } from './readPlugin.ts'
import { listOrNull } from './shape.ts'

export interface PluginListInput {
  /** By the engine's names for them (`enabled`, `capability`); of several values one is enough. */
  filters: Readonly<Record<string, readonly string[]>>
}

/** `GET /plugins`. A filter that the engine does not know is refused (recording `list.filter-unknown`). */
export async function pluginList(
  client: EngineClient,
  { filters }: PluginListInput,
  signal: AbortSignal,
): Promise<Plugin[]> {
  const path = `/plugins${filtersQuery(filters)}`
  const answer = await client.send(
    { operation: 'pluginList', method: 'GET', path, local: true },
    signal,
  )
  return answer.json((value) => listOrNull(value, 'the answer', readPlugin) ?? [])
}

/** As a map of maps: newer engines announce the end of the shorter form (`list.enabled-map-form`). */
function filtersQuery(filters: PluginListInput['filters']): string {
  const maps = Object.entries(filters).map(([name, values]) => [
    name,
    Object.fromEntries(values.map((value) => [value, true])),
  ])
  if (maps.length === 0) return ''
  return `?filters=${encodeURIComponent(JSON.stringify(Object.fromEntries(maps)))}`
}
