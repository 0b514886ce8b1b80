import * as assert from 'uvu/assert'
import { upgradePlugin } from '../../../src/upgrade.ts'
import { suite } from '../../support/suite.ts'
import {
  changes,
  inEffect,
  OLD,
  OLD_DEFAULTS,
  OLD_OWNERS,
  OWNERS,
  onUpgradeStage,
  upgrade,
} from '../../support/upgradeStage.ts'

const forward = ['reading', 'resolving', 'awaitConsent', 'staging', 'awaitConsent']
const swap = ['disabling', 'upgrading', 'verifying', 'configuring', 'enabling', 'proving']
const back = ['quiescing', 'returning', 'restoring', 'enabling', 'proving', 'cleaning'].map(
  (state) => `rollingBack.${state}`,
)

suite('upgradePlugin', (test) => {
  test('in place :: kept, set again, new and lost as the plan says, and as it runs', () =>
    onUpgradeStage(
      async (stage) => {
        const { output, states, asked } = await upgrade(stage, { mode: 'inPlace' })
        assert.equal(states, [...forward, ...swap, 'cleaning', 'done'])
        assert.is(output.state, 'done')
        if (output.state !== 'done') return
        const { changed, mode, from, reference, enabled, entries, consent } = output.plugin
        assert.equal(
          { changed, mode, from, reference, enabled },
          {
            changed: true,
            mode: 'inPlace',
            from: 'docker.io/acme/notes:1.0',
            reference: 'acme/notes:2.0',
            enabled: true,
          },
        )
        assert.equal(
          entries.map(({ kind, name, fate }) => `${kind} ${name} ${fate}`),
          [
            'mount state setAgain',
            'device kmsg onlyByReplacing',
            'env LEVEL newDefault',
            'env FORMAT onlyByReplacing',
            'args args kept',
            'env DEBUG stays',
          ],
        )
        assert.equal([consent.by, asked.length], ['person', 2])
        assert.is(
          inEffect(stage),
          'DEBUG=1 FORMAT=text LEVEL=info | --loud | /data/notes /etc/notes | /dev/fuse',
        )
      },
      { settings: OWNERS },
    ))

  test('auto :: replaces where less than a new install would be had, after a second question', () =>
    onUpgradeStage(
      async (stage) => {
        const id = stage.embedded.plugins()[0]?.Id
        const { output, asked } = await upgrade(stage)
        assert.equal(
          asked.map(({ plan }) => plan && [plan.mode, plan.entries.map(({ fate }) => fate)]),
          [undefined, ['replace', ['lost']]],
        )
        assert.is(output.state, 'done')
        if (output.state !== 'done') return
        assert.is.not(output.plugin.id, id)
        assert.is(output.plugin.id, stage.embedded.plugins()[0]?.Id)
        assert.is(
          inEffect(stage),
          'LEVEL=info FORMAT=json | --loud | /data/notes /etc/notes | /dev/fuse /dev/kmsg',
        )
      },
      { settings: OWNERS },
    ))

  test('a setting given with the upgrade :: is in effect', () =>
    onUpgradeStage(async (stage) => {
      const { output } = await upgrade(stage, { settings: ['LEVEL=debug'], mode: 'inPlace' })
      assert.is(output.state, 'done')
      assert.match(inEffect(stage), 'LEVEL=debug')
      const asked =
        output.state === 'done' && output.plugin.entries.filter((e) => e.fate === 'asked')
      assert.equal(asked, [{ kind: 'env', name: 'LEVEL', fate: 'asked', to: 'debug' }])
    }))

  test('a disabled plugin :: stays disabled', () =>
    onUpgradeStage(
      async (stage) => {
        for (const mode of ['inPlace', 'replace'] as const) {
          const { output, states } = await upgrade(stage, { mode, noWayBack: 'accept' })
          assert.is(output.state, 'done')
          assert.not(states.includes('enabling'))
          assert.is(output.state === 'done' && output.plugin.enabled, false)
        }
        assert.is(stage.embedded.plugins()[0]?.PluginReference, 'docker.io/acme/notes:2.0')
        await stage.embedded.restart()
        assert.is(stage.embedded.plugins()[0]?.PluginReference, 'docker.io/acme/notes:2.0')
      },
      { disabled: true },
    ))

  test('a version that is there already :: is left alone', () =>
    onUpgradeStage(async (stage) => {
      const before = stage.embedded.plugins()
      const { output, states } = await upgrade(stage, { reference: OLD })
      assert.equal(states, ['reading', 'resolving', 'awaitConsent', 'staging', 'cleaning', 'done'])
      assert.is(output.state === 'done' && output.plugin.changed, false)
      assert.equal(stage.embedded.plugins(), before)
    }))

  test('a new version that does not start :: the old one is back, with what was in effect', () =>
    onUpgradeStage(
      async (stage) => {
        for (const mode of ['inPlace', 'replace'] as const) {
          const { output, states } = await upgrade(stage, { reference: 'acme/notes:3.0', mode })
          assert.equal(states, [...forward, ...swap.slice(0, -1), ...back, 'rolledBack'], mode)
          assert.is(output.state, 'rolledBack')
          if (output.state !== 'rolledBack') return
          assert.is(output.failure.code, 'plugin-did-not-listen')
          assert.is(output.failure.state, 'enabling')
          assert.is(output.changed, true)
          const isInPlace = mode === 'inPlace'
          assert.equal(output.remnants, isInPlace ? ['LEVEL'] : [])
          const remnant = isInPlace ? 'FORMAT=text LEVEL=info' : 'FORMAT=text'
          assert.is(inEffect(stage), OLD_OWNERS.replace('FORMAT=text', remnant), mode)
        }
      },
      { settings: OWNERS },
    ))

  for (const [what, journal] of [
    ['fails', () => Promise.reject(new Error('the disk is full'))],
    ['does not answer', () => new Promise<void>(() => {})],
  ] as const) {
    test(`a journal that ${what} on the way back :: the old one is back all the same`, () =>
      onUpgradeStage(
        async (stage) => {
          for (const mode of ['inPlace', 'replace'] as const) {
            const { output } = await upgrade(stage, {
              reference: 'acme/notes:3.0',
              mode,
              journal: ({ state }) => (state.startsWith('rollingBack') ? journal() : undefined),
            })
            assert.is(output.state, 'rolledBack', JSON.stringify(output))
            // A variable of the new version stays in the settings, and the old one does not read it.
            assert.is(inEffect(stage).replace(' LEVEL=info', ''), OLD_OWNERS)
          }
        },
        { settings: OWNERS },
      ))
  }

  test('a trial :: finds that before the plugin is touched', () =>
    onUpgradeStage(async (stage) => {
      const options = { trial: true, mode: 'inPlace' } as const
      const failed = await upgrade(stage, { ...options, reference: 'acme/notes:3.0' })
      assert.equal(failed.states.slice(-3), ['trying', 'rollingBack.cleaning', 'rolledBack'])
      assert.equal(changes(stage, OLD), [])
      assert.is(inEffect(stage), OLD_DEFAULTS)
      const { output } = await upgrade(stage, options)
      assert.is(output.state, 'done')
    }))

  test('onFailure keep :: the new version stays, and the outcome says what mends it', () =>
    onUpgradeStage(async (stage) => {
      const reference = 'acme/notes:3.0'
      const { output } = await upgrade(stage, { reference, onFailure: 'keep', mode: 'inPlace' })
      assert.is(output.state, 'stranded')
      if (output.state !== 'stranded') return
      assert.equal(
        [output.version, output.commands],
        [
          'new',
          [`plugin-flow upgrade ${OLD} docker.io/acme/notes:1.0`, `plugin-flow enable ${OLD}`],
        ],
      )
      assert.is(stage.embedded.plugins()[0]?.PluginReference, `docker.io/${reference}`)
    }))

  test('by the public function :: a person is asked, and the result tells the plugin', () =>
    onUpgradeStage(async ({ engine }) => {
      const flow = upgradePlugin(engine, { name: OLD, reference: 'acme/notes:2.0' })
      flow.consent$.subscribe((request) => queueMicrotask(() => flow.grant(request, 'me')))
      const { consent, name } = await flow.result
      assert.equal([consent.by, consent.who, name], ['person', 'me', OLD])
    }))
})
