import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { InspectionEvent } from 'xstate'
import { inspectLater } from '../../../src/flow/session.ts'
import { runNode } from '../../support/runNode.ts'
import { suite } from '../../support/suite.ts'

const actorRef = { id: 'flow', sessionId: 'x:0', getSnapshot: () => undefined }
const action = (type: string) =>
  ({
    type: '@xstate.action',
    rootId: 'x:0',
    actorRef,
    action: { type },
  }) as unknown as InspectionEvent

suite('inspectLater', (test) => {
  test('the first flow that is inspected ends at once :: its end is reported before its result', async () => {
    const index = new URL('../../../src/index.ts', import.meta.url).href
    const script = `
      const { connect, installPlugin } = await import(${JSON.stringify(index)})
      const engine = connect({ host: 'tcp://127.0.0.1:1', env: {} })
      const install = (options) =>
        installPlugin(engine, { reference: 'no/Reference', ...options }).result.catch(() => {})
      // All else that a flow needs is loaded by then.
      await install({})
      const events = []
      await install({ inspect: (event) => events.push(event) })
      const own = events.filter(({ actorRef, rootId }) => actorRef.sessionId === rootId)
      console.log(own.findLast(({ type }) => type === '@xstate.snapshot')?.snapshot.status)
    `
    const args = ['--import', 'tsx', '--input-type=module', '-e', script]
    assert.equal(await runNode(args, {}), { code: 0, output: 'done\n' })
  })

  test('events from before it is loaded are reported then, and their effects after them', async () => {
    const told: string[] = []
    const { tell, loaded } = inspectLater((event) => {
      if (event.type !== '@xstate.action') return
      told.push(event.action.type)
      if (event.action.type === 'first') tell(action('reaction'))
    })
    tell(action('first'))
    tell(action('second'))
    assert.equal(told, [])
    await loaded
    assert.equal(told, ['first', 'second', 'reaction'])
    tell(action('third'))
    assert.equal(told.at(-1), 'third')
  })

  test('an observer that throws still gets the rest', async () => {
    const told: string[] = []
    const thrown: unknown[] = []
    const caught = (error: unknown) => void thrown.push(error)
    process.once('uncaughtException', caught)
    const { tell } = inspectLater((event) => {
      told.push(event.type)
      if (told.length === 1) throw new Error('of the observer')
    })
    tell(action('first'))
    tell(action('second'))
    while (thrown.length === 0) await setImmediate()
    process.off('uncaughtException', caught)
    assert.is(String(thrown[0]), 'Error: of the observer')
    assert.is(told.length, 2)
  })
})
