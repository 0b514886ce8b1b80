import type { Exchange } from './exchange.ts'
import type { Route, SimulatedEngine } from './simulatedEngine.ts'

/** The users of plugins, as far as they concern these. */
export const useRoutes: readonly Route[] = [
  ['GET', /^\/volumes$/, volumeList],
  ['GET', /^\/networks$/, (_, exchange) => exchange.json(200, [])],
  ['GET', /^\/containers\/json$/, containerList],
]

/** A disabled plugin is not asked for its volumes. */
function volumeList({ store }: SimulatedEngine, exchange: Exchange): void {
  const [wanted] = Object.keys(JSON.parse(exchange.query.get('filters') ?? '{}').driver ?? {})
  const enabled = store.all().filter(({ plugin }) => plugin.Enabled)
  const Volumes = enabled
    .filter(({ plugin: { Name } }) => wanted === undefined || Name === wanted)
    .flatMap(({ plugin: { Name: Driver }, uses }) =>
      uses.volumes.map((Name) => ({ Name, Driver, Scope: 'local' })),
    )
  exchange.json(200, { Volumes, Warnings: null })
}

function containerList({ store }: SimulatedEngine, exchange: Exchange): void {
  const containers = store.all().flatMap(({ plugin: { Name: Driver }, uses }) =>
    uses.containers.map((name) => ({
      Names: [`/${name}`],
      Mounts: [{ Type: 'volume', Name: uses.volumes[0], Driver }],
      NetworkSettings: { Networks: { bridge: {} } },
    })),
  )
  exchange.json(200, containers)
}
