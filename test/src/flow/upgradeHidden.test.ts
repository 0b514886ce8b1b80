import * as assert from 'uvu/assert'
import { definePlugin } from '../../../src/embedded.ts'
import { planUpgrade } from '../../../src/upgrade.ts'
import { suite } from '../../support/suite.ts'
import {
  changes,
  inEffect,
  notes,
  OLD,
  onUpgradeStage,
  upgrade,
} from '../../support/upgradeStage.ts'

const NEW = 'acme/notes:3.0'

function withUser(Description: string, behaviour: 'listens' | 'dies') {
  const Env = ['USER', 'PASSWORD'].map((Name) => ({ Name, Settable: ['value'], Value: '' }))
  return definePlugin({ config: { Description, Env }, behaviour })
}

suite('an upgrade with a secret that is hidden in what is there', (test) => {
  for (const mode of ['inPlace', 'replace'] as const) {
    for (const behaviour of ['listens', 'dies'] as const) {
      test(`in a variable of its owner, ${mode}, and the new version ${behaviour} :: that stays in effect`, () =>
        onUpgradeStage(async (stage) => {
          const { embedded, call } = stage
          await call('DELETE', `/plugins/${OLD}?force=1`)
          embedded.publish(OLD, withUser('old', 'listens'))
          embedded.publish(NEW, withUser('new', behaviour))
          const settings = ['USER=admin', 'PASSWORD=former']
          await stage.install({ reference: OLD, settings, grantAllPermissions: true }).result
          const { output } = await upgrade(stage, {
            reference: NEW,
            mode,
            settings: { PASSWORD: { value: 'admin', secret: true } },
          })
          const isDone = behaviour === 'listens'
          assert.is(output.state, isDone ? 'done' : 'rolledBack', JSON.stringify(output))
          assert.match(inEffect(stage), `USER=admin PASSWORD=${isDone ? 'admin' : 'former'} `)
        }))
    }
  }

  test('in what a mount is pointed at :: is refused before anything is changed', () =>
    onUpgradeStage(
      async (stage) => {
        const { output } = await upgrade(stage, {
          settings: { LEVEL: { value: '/data/notes-of-mine', secret: true } },
          grantAllPermissions: true,
        })
        assert.is(output.state === 'rolledBack' && output.failure.code, 'invalid-option')
        assert.equal(changes(stage, OLD), [])
      },
      { settings: ['state.source=/data/notes-of-mine'] },
    ))

  for (const tag of ['1.0', '2.0'] as const) {
    test(`in a default of ${tag} :: is refused as well, and by a plan of what it sees`, () =>
      onUpgradeStage(async (stage) => {
        const { embedded, call } = stage
        await call('DELETE', `/plugins/${OLD}?force=1`)
        const { config } = notes(tag)
        const Env = ['FORMAT', 'LEVEL'].map((Name) => ({
          ...{ Name, Value: 'a-default-of-its-author', Settable: ['value'] },
        }))
        embedded.publish(`acme/notes:${tag}`, definePlugin({ config: { ...config, Env } }))
        await stage.install({ reference: OLD, grantAllPermissions: true }).result
        const settings = { LEVEL: { value: 'a-default-of-its-author', secret: true } } as const
        const { output } = await upgrade(stage, { settings, grantAllPermissions: true })
        assert.is(output.state === 'rolledBack' && output.failure.code, 'invalid-option')
        assert.is(output.state === 'rolledBack' && output.changed, false)
        const options = { name: OLD, reference: 'acme/notes:2.0', settings }
        const plan = await planUpgrade(stage.engine, options).catch(({ message }) => message)
        assert.is(typeof plan, tag === '1.0' ? 'string' : 'object')
      }))
  }
})
