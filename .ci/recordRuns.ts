// Records runs on the embedded engine for `docs/runs`: `npm run record-runs`. The element plays them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { lastValueFrom, toArray } from 'rxjs'
import { startEmbeddedEngine } from '../src/embedded.ts'
import { flowEvents } from '../src/events/flowEvents.ts'
import { recordRun } from '../src/events/readRun.ts'
import { connect } from '../src/flow/connect.ts'
import { installPlugin } from '../src/flow/install.ts'
import type { PluginInstall } from '../src/flow/types.ts'

interface Scenario {
  reference: string
  settings?: string[]
  /** What a person does. */
  act?(flow: PluginInstall): void
}

const scenarios: Readonly<Record<string, Scenario>> = {
  success: {
    reference: 'vieux/sshfs:latest',
    settings: ['DEBUG=1'],
    act: (flow) => flow.consent$.subscribe((request) => flow.grant(request)),
  },
  rollback: { reference: 'acme/never-listens' },
  reauth: {
    reference: 'registry.example.com/acme/private:1.0',
    act(flow) {
      flow.credentials$.subscribe(({ attempt }) =>
        flow.authenticate({ username: 'demo', password: attempt === 1 ? 'mistyped' : 'demo' }),
      )
      flow.consent$.subscribe((request) => flow.grant(request))
    },
  },
  denied: {
    reference: 'vieux/sshfs:latest',
    act: (flow) => flow.consent$.subscribe((request) => flow.deny('not on this host', request)),
  },
}

const folder = join(resolve(import.meta.dirname, '..'), 'docs/runs')
mkdirSync(folder, { recursive: true })
for (const [name, scenario] of Object.entries(scenarios)) {
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(await record(scenario))}\n`)
}

async function record({ reference, settings = [], act }: Scenario) {
  const embedded = await startEmbeddedEngine()
  const engine = { ...connect({ host: embedded.host }), configured: async () => undefined }
  try {
    const flow = installPlugin(engine, { reference, settings })
    const events = lastValueFrom(flowEvents(flow, { simulated: true }).pipe(toArray()))
    act?.(flow)
    return recordRun(await events)
  } finally {
    engine.close()
    await embedded.close()
  }
}
