import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  startEmbeddedEngine,
} from '../../src/embedded.ts'
import { type ConnectedEngine, connect } from '../../src/flow/connect.ts'
import { installPlugin, planInstall } from '../../src/flow/install.ts'
import type {
  InstallOptions,
  InstallPlan,
  PluginInstall,
  Transition,
} from '../../src/flow/types.ts'

export interface Stage {
  embedded: EmbeddedEngine
  engine: ConnectedEngine
  install(options: InstallOptions): PluginInstall & { transitions: Transition[] }
  plan(options: InstallOptions): Promise<InstallPlan>
  /** A request of somebody else; resolves to its status. */
  call(method: string, path: string): Promise<number>
  /** `POST /plugins/pull`, and so on, as they came in. */
  requests(): string[]
}

function send(host: string, method: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socketPath = host.replace('unix://', '')
    const sent = request({ socketPath, method, path }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.on('error', reject).end()
  })
}

/** An embedded engine and a connection to it that knows nothing of the user's own configuration. */
export async function onStage(
  act: (stage: Stage) => Promise<void>,
  options: EmbeddedEngineOptions = {},
): Promise<void> {
  const config = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  const embedded = await startEmbeddedEngine({ pace: 0, ...options })
  const engine = connect({ host: embedded.host, env: { DOCKER_CONFIG: config } })
  try {
    await act({
      embedded,
      engine,
      install(options) {
        const flow = installPlugin(engine, options)
        const transitions: Transition[] = []
        flow.transition$.subscribe((transition) => transitions.push(transition))
        return Object.assign(flow, { transitions })
      },
      plan: (options) => planInstall(engine, options),
      call: (method, path) => send(embedded.host, method, path),
      requests: () =>
        embedded
          .requests()
          .map(({ method, path }) => `${method} ${path.replace(/^\/v[\d.]+/, '').split('?')[0]}`),
    })
  } finally {
    engine.close()
    await embedded.close()
    rmSync(config, { recursive: true })
  }
}
