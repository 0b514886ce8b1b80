import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import type { InspectionEvent } from 'xstate'
import { parseReference } from '../../../machines/reference.ts'
import { definePlugin } from '../../../src/embedded.ts'
import type { Engine } from '../../../src/flow/types.ts'
import { planUpgrade, upgradePlugin } from '../../../src/upgrade.ts'
import { suite } from '../../support/suite.ts'
import {
  inEffect,
  notes,
  OLD,
  onUpgradeStage,
  resume,
  upgrade,
} from '../../support/upgradeStage.ts'

const NEW_VALUE = 'hunter2-the-new'
const OWN_VALUE = 'hunter1-the-old'
const secret = { LEVEL: { value: NEW_VALUE, secret: true } } as const

/** Versions whose PASSWORD can be set: one that starts, and one that does not. */
function withPassword(Description: string, behaviour: 'listens' | 'dies' = 'listens') {
  const Env = [{ Name: 'PASSWORD', Settable: ['value'], Value: '' }]
  return definePlugin({ config: { Description, Env }, behaviour })
}

suite('secrets of an upgrade', (test) => {
  test('a secret setting :: reaches the engine, and nothing else', () =>
    onUpgradeStage(async (stage) => {
      for (const reference of ['acme/notes:3.0', 'acme/notes:2.0']) {
        for (const mode of ['inPlace', 'replace'] as const) {
          const events: InspectionEvent[] = []
          const end = await upgrade(stage, {
            settings: secret,
            mode,
            reference,
            grantAllPermissions: true,
            noWayBack: 'accept',
            inspect: (event) => void events.push(event),
          })
          assert.is(end.output.state, reference.endsWith('2.0') ? 'done' : 'rolledBack')
          assert.not.match(inspect([end, events], { depth: null }), NEW_VALUE)
          if (end.output.state === 'done') assert.match(inEffect(stage), `LEVEL=${NEW_VALUE}`)
        }
      }
    }))

  test('values that its owner has set :: is in no snapshot, and comes back', () =>
    onUpgradeStage(
      async (stage) => {
        for (const mode of ['inPlace', 'replace'] as const) {
          const end = await upgrade(stage, { reference: 'acme/notes:3.0', mode })
          assert.is(end.output.state, 'rolledBack', mode)
          assert.not.match(inspect(end, { depth: null }), OWN_VALUE)
          assert.match(inEffect(stage), `DEBUG=${OWN_VALUE}`)
          assert.match(inEffect(stage), `| ${OWN_VALUE} --x |`)
        }
      },
      { settings: [`DEBUG=${OWN_VALUE}`, `args=${OWN_VALUE} --x`] },
    ))

  for (const mode of ['inPlace', 'replace'] as const) {
    test(`a secret in the place of one that its owner had set, ${mode} :: that one comes back`, () =>
      onUpgradeStage(async (stage) => {
        const { embedded, call } = stage
        await call('DELETE', `/plugins/${OLD}?force=1`)
        embedded.publish(OLD, withPassword('old'))
        embedded.publish('acme/notes:3.0', withPassword('new', 'dies'))
        const settings = [`PASSWORD=${OWN_VALUE}`]
        await stage.install({ reference: OLD, settings, grantAllPermissions: true }).result
        const end = await upgrade(stage, {
          reference: 'acme/notes:3.0',
          mode,
          settings: { PASSWORD: { value: NEW_VALUE, secret: true } },
        })
        assert.is(end.output.state, 'rolledBack')
        assert.match(inEffect(stage), `PASSWORD=${OWN_VALUE} `)
        assert.not.match(inspect(end, { depth: null }), /hunter/)
      }))
  }

  test('going on with a secret in another process :: its value is handed in again', () =>
    onUpgradeStage(async (stage) => {
      let left: Parameters<typeof resume>[1] | undefined
      await upgrade(stage, {
        settings: secret,
        mode: 'inPlace',
        journal: (snapshot) => {
          if (snapshot.state !== 'configuring') return
          left ??= structuredClone(snapshot)
          return 'abandon'
        },
      })
      assert.ok(left)
      const { output } = await resume(stage, left, { secretSettings: { LEVEL: NEW_VALUE } })
      assert.is(output.state, 'done')
      assert.match(inEffect(stage), `LEVEL=${NEW_VALUE}`)
      assert.is(stage.embedded.process(OLD)?.digest, notes('2.0').digest)
    }))

  for (const [what, begin] of [
    ['planned', planUpgrade],
    ['begun', (...given: Parameters<typeof upgradePlugin>) => upgradePlugin(...given).result],
  ] as const) {
    test(`from one registry to another, ${what} :: neither gets the credentials of the other`, () =>
      onUpgradeStage(async (stage) => {
        const sent: string[] = []
        const engine: Engine = {
          ...stage.engine,
          configured: async (username) => ({ username, password: 'planted' }),
          call(id, input, options) {
            if ('remote' in input && options.registryAuth !== undefined) {
              const { username } = JSON.parse(
                Buffer.from(options.registryAuth, 'base64url').toString(),
              )
              sent.push(`${username} at ${parseRegistry(input.remote)}`)
            }
            return stage.engine.call(id, input, options)
          },
        }
        const reference = 'registry.example.com/acme/private:1.0'
        await begin(engine, { name: OLD, reference, credentials: () => undefined }).catch(() => {})
        assert.equal([...new Set(sent)].sort(), [
          'docker.io at docker.io',
          'registry.example.com at registry.example.com',
        ])
      }))
  }
})

function parseRegistry(remote: string): string {
  const reference = parseReference(remote)
  return typeof reference === 'string' ? '' : reference.domain
}
