import type { Plugin } from '../../machines/plugin.ts'
import { ApiError, type Exchange } from './exchange.ts'
import { asList, asString, decodeFilters, decodeJson } from './goJson.ts'
import { applySettings } from './pluginSettings.ts'
import type { Installed } from './pluginStore.ts'
import type { Route, SimulatedEngine } from './simulatedEngine.ts'
import { startPlugin } from './startPlugin.ts'

const STOP_MS = 35

export const pluginRoutes: readonly Route[] = [
  ['GET', /^\/plugins$/, pluginList],
  ['GET', /^\/plugins\/(.+)\/json$/, pluginInspect],
  ['POST', /^\/plugins\/(.+)\/set$/, pluginSet],
  ['POST', /^\/plugins\/(.+)\/enable$/, pluginEnable],
  ['POST', /^\/plugins\/(.+)\/disable$/, pluginDisable],
  ['DELETE', /^\/plugins\/(.+)$/, pluginDelete],
]

function pluginList({ store }: SimulatedEngine, exchange: Exchange): void {
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

function pluginInspect({ store }: SimulatedEngine, exchange: Exchange): void {
  exchange.json(200, store.find(exchange.name).plugin)
}

async function pluginSet({ store }: SimulatedEngine, exchange: Exchange): Promise<void> {
  const pairs = parsePairs(await exchange.request.body())
  const installed = store.find(exchange.name)
  applySettings(installed.plugin, pairs)
  store.save(installed)
  exchange.nothing(204)
}

/** `POST /plugins/{name}/enable`: goes on after the client has gone. */
async function pluginEnable(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
  demandInteger(exchange.query.get('timeout') ?? '')
  const { store } = engine
  const installed = store.find(exchange.name)
  const { plugin } = installed
  if (plugin.Enabled) {
    throw new ApiError(409, `plugin already enabled: plugin ${plugin.Name} is enabled`)
  }
  await startPlugin(engine, installed)
  exchange.nothing(200)
}

async function pluginDisable(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
  const installed = engine.store.find(exchange.name)
  const { plugin } = installed
  if (!plugin.Enabled) {
    const cause = `plugin ${plugin.Name} found but disabled`
    throw new ApiError(409, `plugin is already disabled: ${cause}`)
  }
  demandUnused(installed, exchange)
  await engine.clock.wait(STOP_MS)
  plugin.Enabled = false
  installed.process = undefined
  engine.store.save(installed)
  engine.store.events.add('disable', plugin.Id, plugin.Name)
  exchange.nothing(200)
}

/** `DELETE /plugins/{name}`: also while an enable waits (`remove.while-enabling`). */
async function pluginDelete(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
  const installed = engine.store.find(exchange.name)
  const { plugin } = installed
  if (plugin.Enabled && !isForced(exchange)) {
    throw new ApiError(409, `plugin ${plugin.Name} is enabled`)
  }
  demandUnused(installed, exchange)
  if (plugin.Enabled) {
    await engine.clock.wait(STOP_MS)
    plugin.Enabled = false
  }
  engine.store.remove(installed)
  exchange.nothing(200)
}

function demandUnused({ plugin, uses }: Installed, exchange: Exchange): void {
  const isUsed = uses.volumes.length + uses.containers.length > 0
  if (isUsed && !isForced(exchange)) throw new ApiError(409, `plugin ${plugin.Name} is in use`)
}

function demandInteger(text: string): void {
  if (/^[+-]?\d+$/.test(text)) return
  throw new ApiError(500, `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
}

/** Any other value is true to the engine. */
function isForced({ query }: Exchange): boolean {
  return !['', '0', 'no', 'false', 'none'].includes((query.get('force') ?? '').trim().toLowerCase())
}

function parsePairs(body: string): string[] {
  if (body.trim() === '') throw new ApiError(400, 'got EOF while reading request body')
  try {
    return asList(decodeJson(body).value, '[]string').map(asString)
  } catch (error) {
    throw new ApiError(400, (error as Error).message)
  }
}

type Filters = Map<string, string[]>

function parseFilters(text: string): Filters {
  const filters: Filters = new Map()
  for (const [name, values] of decodeFilters(text)) {
    if (name !== 'enabled' && name !== 'capability') {
      throw new ApiError(400, `Invalid filter '${name}'`)
    }
    filters.set(name, values)
  }
  return filters
}

/** `volumedriver` of `docker.volumedriver/1.0`; every type of the plugin must match. */
function hasCapability({ Config }: Plugin, wanted: string[] | undefined): boolean {
  const types = Config.Interface.Types ?? []
  const capabilities = types.map((type) => type.replace(/^[^.]*\./, '').replace(/\/.*$/, ''))
  return !wanted || capabilities.every((one) => wanted.some((part) => one.includes(part)))
}
