// Prints what a flow that waits for consent holds on the heap, in KiB. Its engine answers without a connection.
import type { Engine, InputOf, OperationId, OutputOf } from '../../machines/engine.ts'
import { aliveMB } from '../load/heap.ts'
import { builtPackage } from './built.ts'

const WARM = 50
const FLOWS = 3_000

const { installPlugin } = await builtPackage()
const answers: { [Id in OperationId]?: () => OutputOf<Id> } = {
  systemPing: () => ({ apiVersion: '1.41', version: '20.10.24' }),
  getPluginPrivileges: () => ({
    hidden: false,
    privileges: [{ Name: 'network', Description: 'its network', Value: ['host'] }],
  }),
  distributionInspect: () => ({ digest: `sha256:${'a'.repeat(64)}` }),
  pluginInspect: () => undefined,
}
const engine: Engine = {
  async call<Id extends OperationId>(id: Id, _: InputOf<Id>) {
    return answers[id]?.() as OutputOf<Id>
  },
}
const wait = (flow: number) =>
  new Promise<void>((resolve) => {
    const { consent$ } = installPlugin(engine, { reference: 'acme/plain', alias: `flow-${flow}` })
    consent$.subscribe(() => resolve())
  })
for (let flow = 0; flow < WARM; flow++) await wait(flow)
const before = await aliveMB()
for (let flow = WARM; flow < WARM + FLOWS; flow++) await wait(flow)
const after = await aliveMB()
process.stdout.write(String(((after - before) * 1e6) / 1_024 / FLOWS), () => process.exit())
