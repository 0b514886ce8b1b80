import * as assert from 'uvu/assert'
import type { ChartLayout } from '../../../src/chart/chartLayout.ts'
import { readStatechart } from '../../../src/chart/statechart/readStatechart.ts'
import { type ShownMachine, startMachineUi } from '../../../src/ui/startMachineUi.ts'
import { parcel } from '../../support/foreignMachines.ts'
import { suite } from '../../support/suite.ts'
import { ask, tokenOf } from './uiStage.ts'

suite('ui :: a machine', (test) => {
  test('the machine with its first picture, and others without the inside of some states', () =>
    onMachineUi(async ({ chart, post }) => {
      const { machine, collapsed, layout }: ShownMachine = JSON.parse((await chart('GET')).body)
      assert.equal(machine, readStatechart(parcel))
      assert.equal([collapsed, layout.states.length], [[], 16])
      const { status, body } = await post({ collapsed: ['working'] })
      assert.is(status, 200)
      assert.is((JSON.parse(body) as ChartLayout).states.length, 6)
    }))

  test('other requests are refused', () =>
    onMachineUi(async ({ chart, post }) => {
      for (const body of [{}, { collapsed: 'working' }, { collapsed: [1] }]) {
        const answer = await post(body)
        assert.is(answer.status, 400)
        assert.equal(JSON.parse(answer.body), {
          message: 'collapsed must be a list of paths of states',
          field: 'collapsed',
        })
      }
      assert.is((await chart('PUT')).status, 405)
    }))

  test('of many requests at once, some are refused', () =>
    onMachineUi(async ({ post }) => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => post({ collapsed: [] })))
      const statuses = answers.map(({ status }) => status).sort()
      assert.equal(statuses, [200, 200, 200, 200, 503, 503])
    }))

  test('a picture that cannot be laid out :: the reason, and nothing listens', async () => {
    const machine = { ...readStatechart(parcel), edges: null } as unknown as ShownMachine['machine']
    await startMachineUi({ machine, port: 0, files: new Map() }).then(
      () => assert.unreachable('it was started'),
      ({ message }) => assert.match(message, 'the layout ended before it was done'),
    )
  })
})

async function onMachineUi(
  act: (stage: {
    chart: (method: string) => ReturnType<typeof ask>
    post: (body: unknown) => ReturnType<typeof ask>
  }) => Promise<void>,
): Promise<void> {
  const served = await startMachineUi({
    machine: readStatechart(parcel),
    port: 0,
    files: new Map(),
  })
  const { origin } = new URL(served.url)
  const headers = { ...tokenOf(served.url), origin, 'content-type': 'application/json' }
  try {
    await act({
      chart: (method) => ask(`${origin}/chart`, { method, headers }),
      post: (body) => ask(`${origin}/chart`, { method: 'POST', headers, body }),
    })
  } finally {
    await served.close()
  }
}
