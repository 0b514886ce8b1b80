import * as assert from 'uvu/assert'
import { initialContext } from '../../../machines/rollout/context.ts'
import { rolloutMachine } from '../../../machines/rollout/rolloutMachine.ts'
import { awaiting, begun, ends, planning, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

const states = Object.entries(rolloutMachine.states)

suite('machine', (test) => {
  test('its states, in the order of a rollout', () => {
    assert.equal(Object.keys(rolloutMachine.states), [
      'planning',
      'awaitConsent',
      'canary',
      'holding',
      'rolling',
      'paused',
      'monitoring',
      'done',
      'stopping',
      'stopped',
      'rollingBack',
      'rolledBack',
      'denied',
      'expired',
    ])
  })

  test('its config is plain data, but for the context', () => {
    const visit = (value: unknown, path: string): void => {
      if (typeof value === 'function') assert.is(value, initialContext, path)
      else if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`)
      }
    }
    visit(rolloutMachine.config, 'config')
  })

  test('every state has a description and a tag, and is cancellable where a cancel is heard', () => {
    for (const [name, node] of states) {
      assert.type(node.description, 'string', name)
      assert.ok(node.tags.length > 0, name)
      assert.is(node.tags.includes('cancellable'), node.ownEvents.includes('cancel'), name)
      if (node.type === 'final') assert.equal(node.tags, ['ended'], name)
    }
  })

  test('a state waits for a person, is at work or has ended', () => {
    const having = (tag: string) =>
      states.filter(([, { tags }]) => tags.includes(tag as never)).map(([name]) => name)
    const waiting = ['awaitConsent', 'holding', 'paused']
    const ended = ['done', 'stopped', 'rolledBack', 'denied', 'expired']
    assert.equal(having('waitingForUser'), waiting)
    assert.equal(having('ended'), ended)
    assert.equal(
      having('working'),
      states.map(([name]) => name).filter((name) => ![...waiting, ...ended].includes(name)),
    )
  })

  test('a hold for a person waits for as long as a timer can', () => {
    const { holdTime } = rolloutMachine.implementations.delays
    const delay = holdTime as unknown as (args: object) => number
    assert.is(delay(planning()), 2 ** 31 - 1)
    assert.is(delay(planning({ hold: 7 })), 7)
    const { consentTime, monitorTime } = rolloutMachine.implementations.delays
    assert.is((consentTime as unknown as typeof delay)(planning()), 1000)
    assert.is((monitorTime as unknown as typeof delay)(planning({ monitor: 9 })), 9)
  })

  test('its context does not grow with the fleet', () => {
    const bytes = (size: number) => {
      let rollout = begun(size, { parallel: 5 })
      for (let position = 0; position < 50; position++) rollout = send(rollout, ends(position))
      return JSON.stringify(rolloutMachine.getPersistedSnapshot(rollout)).length
    }
    assert.ok(bytes(1_000_000) - bytes(100) < 20, `${bytes(100)}, ${bytes(1_000_000)}`)
  })

  test('a snapshot is plain data, from which another process goes on', () => {
    const persisted = JSON.parse(
      JSON.stringify(rolloutMachine.getPersistedSnapshot(send(awaiting(3)))),
    )
    const restored = rolloutMachine.restoreSnapshot(persisted, {} as never)
    assert.equal(restored.value, 'awaitConsent')
    assert.equal(restored.context, awaiting(3).context)
  })
})
