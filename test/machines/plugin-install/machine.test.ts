import * as assert from 'uvu/assert'
import { createActor, type PromiseActorLogic, toPromise, waitFor } from 'xstate'
import { initialContext } from '../../../machines/plugin-install/context.ts'
import * as inputs from '../../../machines/plugin-install/inputs.ts'
import { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import { sampleInput } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const mission = [
  'checkPrivileges',
  'reauth',
  'awaitConsent',
  'pulling',
  'configuring',
  'enabling',
  'done',
  'rollingBack',
  'rolledBack',
]

suite('machine', (test) => {
  test('its states, in the order of a run', () => {
    assert.equal(Object.keys(pluginInstallMachine.states), mission)
  })

  test('its config is plain data, but for named mappers', () => {
    const mappers: unknown[] = [...Object.values(inputs), initialContext]
    const visit = (value: unknown, path: string): void => {
      if (typeof value === 'function') assert.ok(mappers.includes(value), path)
      else if (typeof value === 'object' && value !== null) {
        const plain = [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value))
        assert.ok(plain, path)
        for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`)
      }
    }
    visit(pluginInstallMachine.config, 'config')
  })

  test('every state has a description, and every state that is not final a tag', () => {
    for (const [name, node] of Object.entries(pluginInstallMachine.states)) {
      assert.type(node.description, 'string', name)
      assert.is(node.tags.length === 0, node.type === 'final', name)
    }
  })

  test('a state is tagged cancellable where a cancel is heard, and for whom it waits', () => {
    for (const [name, node] of Object.entries(pluginInstallMachine.states)) {
      const isCancellable = node.ownEvents.includes('install.cancel')
      const waits = ['reauth', 'awaitConsent'].includes(name) ? 'waitingForUser' : 'working'
      const tags = [
        ...(node.type === 'final' ? [] : [waits]),
        ...(isCancellable ? ['cancellable'] : []),
      ]
      assert.equal(node.tags, tags, name)
    }
  })

  test('it loads without an adapter :: what it invokes has to be provided', async () => {
    const actor = createActor(pluginInstallMachine, { input: sampleInput() }).start()
    const { context } = await waitFor(actor, ({ status }) => status === 'done', { timeout: 1000 })
    assert.is(context.failure?.code, 'host-failed')
  })

  test('it loads without an adapter :: an actor that is not provided says which', async () => {
    const actors = Object.entries(pluginInstallMachine.implementations.actors ?? {})
    assert.is(actors.length, 8)
    for (const [name, logic] of actors) {
      const actor = createActor(logic as PromiseActorLogic<unknown>).start()
      const error = await toPromise(actor).catch((thrown: unknown) => thrown)
      assert.is(String(error), `Error: ${name} is not provided`)
    }
  })

  test('a state entered without what it needs is a bug that tells itself', () => {
    const context = initialContext({ input: sampleInput() })
    assert.throws(() => inputs.consentInput({ context }), /the flow has no consentRequest yet/)
  })

  test('a reference that is not valid has no names', () => {
    const context = initialContext({ input: sampleInput({ reference: 'NO' }) })
    assert.is(context.names, undefined)
  })
})
