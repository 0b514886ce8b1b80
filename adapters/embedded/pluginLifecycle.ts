import { ApiError } from './apiError.ts'
import type { Exchange } from './exchange.ts'
import { asList, asString, decodeJson } from './goJson.ts'
import { applySettings } from './pluginSettings.ts'
import type { Installed } from './pluginStore.ts'
import type { SimulatedEngine } from './simulatedEngine.ts'

/** When the engine tries the plugin's socket, and when it gives up (`enable.slow-*`, `enable.late`). */
const DIALS_MS = [550, 3_550, 6_550, 9_550]
const GIVES_UP_MS = 12_590
const START_MS = 55
const STOP_MS = 35

/** `POST /plugins/{name}/set` */
export async function pluginSet({ store }: SimulatedEngine, exchange: Exchange): Promise<void> {
  const pairs = parsePairs(await exchange.body())
  applySettings(store.find(exchange.name).plugin, pairs)
  exchange.nothing(204)
}

/** `POST /plugins/{name}/enable`: goes on when the client has gone. */
export async function pluginEnable(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
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

/** `POST /plugins/{name}/disable` */
export async function pluginDisable(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
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
export async function pluginDelete(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
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

/** Every value but these is true to the engine. */
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
