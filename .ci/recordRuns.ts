// Records runs on the embedded engine for `docs/runs`: `npm run record-runs`. The element plays them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { lastValueFrom, toArray } from 'rxjs'
import { type EmbeddedEngine, startEmbeddedEngine } from '../src/embedded.ts'
import { flowEvents } from '../src/events/flowEvents.ts'
import { recordRun } from '../src/events/readRun.ts'
import { type ConnectedEngine, connect } from '../src/flow/connect.ts'
import { installPlugin } from '../src/flow/install.ts'
import type { PluginInstall } from '../src/flow/types.ts'
import { type UpgradeOptions, upgradePlugin } from '../src/flow/upgrade.ts'

type Watched = Parameters<typeof flowEvents>[0]

/** Starts a flow, and does what a person does. */
type Scenario = (engine: ConnectedEngine, embedded: EmbeddedEngine) => Promise<Watched>

const SSHFS = 'vieux/sshfs:latest'

const scenarios: Readonly<Record<string, Scenario>> = {
  success: install({ reference: SSHFS, settings: ['DEBUG=1'] }, (flow) =>
    flow.consent$.subscribe((request) => flow.grant(request)),
  ),
  rollback: install({ reference: 'acme/never-listens' }),
  reauth: install({ reference: 'registry.example.com/acme/private:1.0' }, (flow) => {
    flow.credentials$.subscribe(({ attempt }) =>
      flow.authenticate({ username: 'demo', password: attempt === 1 ? 'mistyped' : 'demo' }),
    )
    flow.consent$.subscribe((request) => flow.grant(request))
  }),
  denied: install({ reference: SSHFS }, (flow) =>
    flow.consent$.subscribe((request) => flow.deny('not on this host', request)),
  ),
  upgraded: upgrade({ reference: 'acme/notes:2.0', mode: 'inPlace', settings: ['LEVEL=debug'] }),
  replaced: upgrade({ reference: 'acme/notes:2.0' }),
  'went-back': upgrade({ reference: 'acme/notes:3.0', mode: 'inPlace' }),
  stranded: upgrade({ reference: 'acme/notes:3.0', mode: 'inPlace' }, 'verifying'),
}

const folder = join(resolve(import.meta.dirname, '..'), 'docs/runs')
mkdirSync(folder, { recursive: true })
for (const [name, scenario] of Object.entries(scenarios)) {
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(await record(scenario))}\n`)
}

async function record(scenario: Scenario) {
  const embedded = await startEmbeddedEngine()
  const engine = { ...connect({ host: embedded.host }), configured: async () => undefined }
  try {
    const flow = await scenario(engine, embedded)
    return recordRun(await lastValueFrom(flowEvents(flow, { simulated: true }).pipe(toArray())))
  } finally {
    engine.close()
    await embedded.close()
  }
}

function install(
  options: Parameters<typeof installPlugin>[1],
  act: (flow: PluginInstall) => void = () => {},
): Scenario {
  return async (engine) => {
    const flow = installPlugin(engine, options)
    act(flow)
    return flow
  }
}

/**
 * An upgrade of a plugin that its owner has set, of which a person grants everything.
 *
 * @param loses the state in which the registry goes away
 */
function upgrade(options: Omit<UpgradeOptions, 'name'>, loses?: string): Scenario {
  return async (engine, embedded) => {
    const name = 'acme/notes:1.0'
    const settings = ['DEBUG=1', 'state.source=/data/notes']
    await installPlugin(engine, { reference: name, settings, grantAllPermissions: true }).result
    const flow = upgradePlugin(engine, { name, ...options })
    flow.consent$.subscribe((request) => flow.grant(request))
    flow.transition$.subscribe(({ to }) => {
      if (to === loses) embedded.changeRegistry('docker.io', { reachable: false })
    })
    return flow
  }
}
