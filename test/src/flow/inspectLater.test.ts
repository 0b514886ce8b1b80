import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { InspectionEvent } from 'xstate'
import { inspectLater } from '../../../src/flow/session.ts'
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
