import * as assert from 'uvu/assert'
import { createActor, type PromiseActorLogic, toPromise, waitFor } from 'xstate'
import { initialContext } from '../../../machines/plugin-upgrade/context.ts'
import * as inputs from '../../../machines/plugin-upgrade/inputs.ts'
import { upgradeOutput } from '../../../machines/plugin-upgrade/outcome.ts'
import { pluginUpgradeMachine } from '../../../machines/plugin-upgrade/pluginUpgradeMachine.ts'
import { suite } from '../../support/suite.ts'
import { upgradeInput } from '../../support/upgradeChart.ts'

const mission = [
  'reading',
  'resolving',
  'reauth',
  'awaitConsent',
  'staging',
  'planning',
  'trying',
  'disabling',
  'upgrading',
  'verifying',
  'configuring',
  'enabling',
  'proving',
  'cleaning',
  'done',
  'rollingBack',
  'rolledBack',
  'stranded',
]
const wayBack = [
  'deciding',
  'quiescing',
  'returning',
  'restoring',
  'enabling',
  'proving',
  'cleaning',
  'looking',
]
const states = Object.entries(pluginUpgradeMachine.states)
const inWayBack = Object.entries(pluginUpgradeMachine.states.rollingBack?.states ?? {})

suite('machine', (test) => {
  test('its states, in the order of a run, and those of the way back', () => {
    assert.equal(Object.keys(pluginUpgradeMachine.states), mission)
    assert.equal(
      inWayBack.map(([name]) => name),
      wayBack,
    )
  })

  test('its config is plain data, but for named mappers', () => {
    const mappers: unknown[] = [...Object.values(inputs), initialContext, upgradeOutput]
    const visit = (value: unknown, path: string): void => {
      if (typeof value === 'function') assert.ok(mappers.includes(value), path)
      else if (typeof value === 'object' && value !== null) {
        const plain = [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value))
        assert.ok(plain, path)
        for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`)
      }
    }
    visit(pluginUpgradeMachine.config, 'config')
  })

  test('every actor has an input, the same wherever it is invoked', () => {
    const given = new Map<string, unknown>()
    for (const [name, node] of [...states, ...inWayBack]) {
      for (const { src, input } of node.invoke) {
        assert.type(input, 'function', name)
        assert.is(given.get(String(src)) ?? input, input, name)
        given.set(String(src), input)
      }
    }
    assert.is(given.size, 16)
  })

  test('every state has a description, and every state that is not final a tag', () => {
    for (const [name, node] of [...states, ...inWayBack]) {
      assert.type(node.description, 'string', name)
    }
    for (const [name, node] of states) {
      assert.is(node.tags.length === 0, node.type === 'final', name)
    }
  })

  test('a state is tagged cancellable where a cancel is heard, and for whom it waits', () => {
    for (const [name, node] of states) {
      const isCancellable = node.ownEvents.includes('upgrade.cancel')
      const waits = ['reauth', 'awaitConsent'].includes(name) ? 'waitingForUser' : 'working'
      const tags = [
        ...(node.type === 'final' ? [] : [waits]),
        ...(isCancellable ? ['cancellable'] : []),
      ]
      assert.equal(node.tags, tags, name)
    }
  })

  test('a state that waits for an actor ends by a timeout of its own, or by that of the way back', () => {
    for (const [name, node] of states) {
      const delays = node.after.map(({ delay }) => delay)
      assert.equal(
        delays,
        node.invoke.length > 0 || name === 'rollingBack' ? [`${name}Timeout`] : [],
      )
    }
  })

  test('it loads without an adapter :: what it invokes has to be provided', async () => {
    const actor = createActor(pluginUpgradeMachine, { input: upgradeInput() }).start()
    const { context } = await waitFor(actor, ({ status }) => status === 'done', { timeout: 1000 })
    assert.is(context.failure?.code, 'host-failed')
  })

  test('it loads without an adapter :: an actor that is not provided says which', async () => {
    const actors = Object.entries(pluginUpgradeMachine.implementations.actors ?? {})
    assert.is(actors.length, 16)
    for (const [name, logic] of actors) {
      const actor = createActor(logic as PromiseActorLogic<unknown>).start()
      const error = await toPromise(actor).catch((thrown: unknown) => thrown)
      assert.is(String(error), `Error: ${name} is not provided`)
    }
  })
})
