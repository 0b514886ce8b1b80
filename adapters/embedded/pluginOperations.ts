import type { Plugin } from '../../machines/plugin.ts'
import { ApiError, type Exchange } from './exchange.ts'
import { asList, asObject, asString, decodeJson } from './goJson.ts'
import { applySettings } from './pluginSettings.ts'
import type { Installed } from './pluginStore.ts'
import type { Route, SimulatedEngine } from './simulatedEngine.ts'

/** When the engine tries the plugin's socket, and when it gives up (`enable.slow-*`, `enable.late`). */
const DIALS_MS = [550, 3_550, 6_550, 9_550]
const GIVES_UP_MS = 12_590
const START_MS = 55
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
  applySettings(store.find(exchange.name).plugin, pairs)
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
  demandDevices(engine, installed)
  if (installed.enabling) {
    throw new ApiError(409, 'error creating containerd container: id already in use')
  }
  installed.enabling = true
  try {
    await start(engine, installed)
  } finally {
    installed.enabling = false
  }
  exchange.nothing(200)
}

async function pluginDisable(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
  const { plugin } = engine.store.find(exchange.name)
  if (!plugin.Enabled) {
    const cause = `plugin ${plugin.Name} found but disabled`
    throw new ApiError(409, `plugin is already disabled: ${cause}`)
  }
  await engine.clock.wait(STOP_MS)
  plugin.Enabled = false
  exchange.nothing(200)
}

/** `DELETE /plugins/{name}`: also while an enable waits (`remove.while-enabling`). */
async function pluginDelete(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
  const installed = engine.store.find(exchange.name)
  const { plugin } = installed
  const force = isTrue(exchange.query.get('force'))
  if (plugin.Enabled) {
    if (!force) throw new ApiError(409, `plugin ${plugin.Name} is enabled`)
    await engine.clock.wait(STOP_MS)
    plugin.Enabled = false
  }
  engine.store.remove(installed)
  exchange.nothing(200)
}

async function start({ store, clock, missingPaths }: SimulatedEngine, installed: Installed) {
  const { plugin, content } = installed
  const { Mounts, Interface } = plugin.Config
  const missing = Mounts?.find(({ Source }) => isMissing(missingPaths, Source))
  if (missing) {
    await clock.wait(START_MS)
    const { Source, Destination } = missing
    throw new ApiError(
      500,
      `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "${Source}" to rootfs at "${Destination}": stat ${Source}: no such file or directory: unknown`,
    )
  }
  const { behaviour } = content
  const opensAfter = typeof behaviour === 'object' ? behaviour.listensAfter : 0
  const listens = behaviour === 'listens' || typeof behaviour === 'object'
  const answered = DIALS_MS.find((dialled) => listens && dialled >= opensAfter)
  await clock.wait(answered ?? GIVES_UP_MS)
  if (answered === undefined) {
    const socket = `/run/docker/plugins/${plugin.Id}/${Interface.Socket}`
    throw new ApiError(500, `dial unix ${socket}: connect: no such file or directory`)
  }
  if (!store.has(installed)) {
    const file = `/var/lib/docker/plugins/${plugin.Id}/.tmp-config.json`
    const cause = `open ${file}: no such file or directory`
    throw new ApiError(500, `failed to write atomically plugin json: ${cause}`)
  }
  plugin.Enabled = true
}

function demandDevices({ missingPaths }: SimulatedEngine, { plugin }: Installed): void {
  const { Mounts, Linux } = plugin.Config
  if (Mounts?.some(({ Source }) => Source === null)) {
    throw new ApiError(500, 'mount source is not specified')
  }
  const missing = Linux.Devices?.find(({ Path }) => isMissing(missingPaths, Path))
  if (!missing) return
  throw new ApiError(
    500,
    `error gathering device information while adding custom device "${missing.Path}": no such file or directory`,
  )
}

function isMissing(missingPaths: readonly string[], path: string | null): boolean {
  return missingPaths.some((missing) => path === missing || path?.startsWith(`${missing}/`))
}

function demandInteger(text: string): void {
  if (/^[+-]?\d+$/.test(text)) return
  throw new ApiError(500, `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
}

/** Any other value is true to the engine. */
function isTrue(value: string | null): boolean {
  return !['', '0', 'no', 'false', 'none'].includes((value ?? '').trim().toLowerCase())
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

/** Each filter has a list of values, or the older form of a map (`list.enabled-map-form`). */
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
