import { ApiError, type Exchange } from './exchange.ts'
import { decodeFilters } from './goJson.ts'
import type { Route, SimulatedEngine } from './simulatedEngine.ts'

/** The engine that the recordings were made of. */
const VERSION = '20.10.24'
export const API_VERSION = '1.41'
export const MIN_API_VERSION = '1.12'

/** Stands wherever the engine names itself or its build. */
const SIMULATION = 'simulated by docker-plugin-flow'
export const SERVER = `Docker/${VERSION} (${SIMULATION})`

export const systemRoutes: readonly Route[] = [
  ['GET', /^\/_ping$/, systemPing],
  ['HEAD', /^\/_ping$/, systemPing],
  ['GET', /^\/version$/, systemVersion],
  ['GET', /^\/info$/, systemInfo],
  ['GET', /^\/events$/, systemEvents],
  ['GET', /^\/nodes$/, nodeList],
]

function systemPing(_: SimulatedEngine, exchange: Exchange): void {
  exchange.header('Cache-Control', 'no-cache, no-store, must-revalidate')
  exchange.header('Pragma', 'no-cache')
  exchange.text(200, exchange.request.method === 'HEAD' ? '' : 'OK')
}

function systemVersion({ experimental }: SimulatedEngine, exchange: Exchange): void {
  const common = {
    ApiVersion: API_VERSION,
    MinAPIVersion: MIN_API_VERSION,
    GitCommit: SIMULATION,
    GoVersion: SIMULATION,
    Os: 'linux',
    Arch: 'amd64',
    KernelVersion: SIMULATION,
  }
  const BuildTime = '2023-04-04T00:00:00.000000000+00:00'
  const details = { ...common, BuildTime, Experimental: String(experimental) }
  exchange.json(200, {
    Platform: { Name: SIMULATION },
    Components: [{ Name: 'Engine', Version: VERSION, Details: details }],
    Version: VERSION,
    ...common,
    Experimental: experimental,
    BuildTime,
  })
}

/** `GET /info`, as far as it concerns plugins and the engine itself. */
function systemInfo({ experimental, id, store }: SimulatedEngine, exchange: Exchange): void {
  const enabled = store.all().filter(({ plugin }) => plugin.Enabled)
  exchange.json(200, {
    ID: id,
    ServerVersion: VERSION,
    SystemTime: new Date().toISOString(),
    OSType: 'linux',
    Architecture: 'x86_64',
    OperatingSystem: SIMULATION,
    ExperimentalBuild: experimental,
    LiveRestoreEnabled: false,
    Plugins: {
      Volume: ['local', ...enabled.map(({ plugin }) => plugin.Name)],
      Network: [],
      Authorization: null,
      Log: [],
    },
    Swarm: { LocalNodeState: 'inactive' },
  })
}

/** As of an engine that is in no swarm. */
function nodeList(): void {
  throw new ApiError(
    503,
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  )
}

/** `GET /events`: the past ones only, all of which are about plugins. */
function systemEvents({ store }: SimulatedEngine, exchange: Exchange): void {
  const { query } = exchange
  const filters = new Map(decodeFilters(query.get('filters') ?? ''))
  const isWanted = (key: string, value: string) => filters.get(key)?.includes(value) ?? true
  const at = (key: string) => Number(query.get(key) ?? 0) * 1_000
  const lines = store.events
    .between(at('since'), query.has('until') ? at('until') : Date.now())
    .filter(({ action }) => isWanted('type', 'plugin') && isWanted('event', action))
    .map(({ action, id, name, at }) => {
      const Actor = { ID: id, Attributes: { name } }
      const time = { time: Math.floor(at / 1_000), timeNano: at * 1_000_000 }
      return `${JSON.stringify({ Type: 'plugin', Action: action, Actor, scope: 'local', ...time })}\n`
    })
  exchange.end(lines.join(''))
}
