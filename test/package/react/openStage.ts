import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Window } from 'happy-dom'
import { type ComponentType, createElement, type ReactNode } from 'react'
import type { EmbeddedEngine } from '../../../src/embedded.ts'
import type { InstallOptions, PluginInstall } from '../../../src/flow/types.ts'
import { openScreen, type Screen } from './openScreen.ts'

type Package = typeof import('../../../src/index.ts')
type Embedded = typeof import('../../../src/embedded.ts')
type Example = { Install: ComponentType<{ flow: PluginInstall }> }

const PACKAGE = 'node_modules/docker-plugin-flow/dist'
/** Fast, and a download of `acme/slow` still takes long enough to be met in its middle. */
const PACE = 0.02

export interface Stage {
  dom: Window
  screen: Screen
  simulated: EmbeddedEngine
  install(options: InstallOptions): PluginInstall
  /** Shows the example, of this flow. */
  show(flow: PluginInstall, around?: (node: ReactNode) => ReactNode): void
  /** Cancels the flows that still run, and waits for their end. */
  close(): Promise<void>
}

/** The example and the packed package in one process, on an engine of their own. */
export async function openStage(folder: string, dom: Window): Promise<Stage> {
  const load = (path: string) => import(pathToFileURL(join(folder, path)).href)
  const { Install }: Example = await load('reactInstall.mjs')
  const { connect, installPlugin }: Package = await load(`${PACKAGE}/src/index.js`)
  const embedded: Embedded = await load(`${PACKAGE}/src/embedded.js`)
  const simulated = await embedded.startEmbeddedEngine({
    pace: PACE,
    registries: registries(embedded),
  })
  const engine = connect({ host: simulated.host, env: { DOCKER_CONFIG: folder } })
  const screen = await openScreen(dom)
  const flows: PluginInstall[] = []
  return {
    dom,
    screen,
    simulated,
    install(options) {
      const flow = installPlugin(engine, options)
      flows.push(flow)
      return flow
    },
    show(flow, around = (node) => node) {
      screen.render(around(createElement(Install, { flow })))
    },
    async close() {
      screen.unmount()
      for (const flow of flows) flow.cancel()
      await Promise.allSettled(flows.map(({ result }) => result))
      engine.close()
      await simulated.close()
    },
  }
}

function registries({ definePlugin, sampleRegistries }: Embedded) {
  const { repositories = {} } = sampleRegistries['docker.io'] ?? {}
  const twice = definePlugin({
    config: {
      Env: [{ Name: 'DEBUG', Settable: ['value'] }],
      Mounts: ['state', 'cache'].map((Name) => ({ Name, Source: '/data', Settable: ['source'] })),
    },
  })
  const slow = definePlugin({ config: { Network: { Type: 'host' } }, layers: [1e10] })
  return {
    'docker.io': {
      bytesPerSecond: 10e6,
      repositories: {
        ...repositories,
        'acme/twice': { latest: twice },
        'acme/slow': { latest: slow },
      },
    },
  }
}
