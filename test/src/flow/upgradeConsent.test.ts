import * as assert from 'uvu/assert'
import { definePlugin } from '../../../src/embedded.ts'
import { allowList } from '../../../src/flow/consent/allowList.ts'
import { noNewPrivileges } from '../../../src/flow/consent/noNewPrivileges.ts'
import { suite } from '../../support/suite.ts'
import {
  changes,
  type End,
  inEffect,
  notes,
  OLD,
  OLD_OWNERS,
  OWNERS,
  onUpgradeStage,
  upgrade,
} from '../../support/upgradeStage.ts'

const LESS = 'acme/notes:less'
const MOVED = { none: `its reference docker.io/${OLD} names the new version by now` }

suite('consent to an upgrade', (test) => {
  test('the first question tells the difference, and that there is a way back', () =>
    onUpgradeStage(
      async (stage) => {
        const { asked } = await upgrade(stage, { mode: 'inPlace' })
        const { added = [], removed, from, reference, name, settings, wayBack, id } = asked[0] ?? {}
        assert.equal(
          added.map(({ Name, Value }) => `${Name} ${Value}`),
          ['network host', 'mount /var/lib/notes', 'mount /etc/notes', 'device /dev/kmsg'],
        )
        // A place that its owner has pointed elsewhere differs, and is shown as a setting.
        assert.equal(
          removed?.map(({ Name, Value }) => `${Name} ${Value}`),
          ['mount /data/notes'],
        )
        assert.equal(
          settings?.map((one) => [one.name, one.value, one.widens]),
          [['state', '/data/notes', true]],
        )
        assert.equal([from, reference, name, id], [`docker.io/${OLD}`, 'acme/notes:2.0', OLD, 1])
        assert.is(wayBack && 'remote' in wayBack && wayBack.remote, `docker.io/${OLD}`)
      },
      { settings: OWNERS },
    ))

  test('denied, by a person or a policy :: nothing of the plugin has changed', () =>
    onUpgradeStage(
      async (stage) => {
        const denials: Parameters<typeof upgrade>[1][] = [
          { answer: (request, flow) => flow.deny('not today', request) },
          { consent: () => ({ granted: false, reason: 'not today' }) },
          {
            answer: (request, flow) =>
              request.plan ? flow.deny('not today', request) : flow.grant(request),
          },
          { consent: ({ id }) => (id === 1 ? true : { granted: false, reason: 'not today' }) },
        ]
        for (const denial of denials) {
          const { output } = await upgrade(stage, denial)
          assert.is(output.state, 'rolledBack')
          if (output.state !== 'rolledBack') return
          const { failure, changed } = output
          assert.equal([failure.code, failure.message], ['consent-denied', 'not today'])
          assert.is(changed, false)
          assert.equal(changes(stage, OLD), [])
          assert.is(inEffect(stage), OLD_OWNERS)
        }
      },
      { settings: OWNERS },
    ))

  test('a policy that agrees to a replacement :: answers both questions, and is named', () =>
    onUpgradeStage(async (stage) => {
      const { output, asked } = await upgrade(stage, {
        consent: () => ({ granted: true, who: 'allow-list', replace: true }),
      })
      assert.equal(asked, [])
      const consent = output.state === 'done' && output.plugin.consent
      assert.equal(consent && [consent.by, consent.who, consent.request.id], [
        'policy',
        'allow-list',
        2,
      ])
    }))

  for (const [what, consent] of [
    ['that grants all', () => true],
    ['without anything new', noNewPrivileges(() => true)],
    ['of patterns', allowList(['network:**', 'mount:**', 'device:**', 'capabilities:**'])],
  ] as const) {
    test(`a policy ${what} :: does not agree to a replacement, a person is asked`, () =>
      onUpgradeStage(async (stage) => {
        const reference = what === 'without anything new' ? LESS : 'acme/notes:2.0'
        stage.embedded.publish(LESS, definePlugin({ config: { Description: 'less' } }))
        const { output, asked } = await upgrade(stage, {
          consent,
          reference,
          answer: (request, flow) => flow.deny('not today', request),
        })
        assert.equal(
          asked.map(({ plan }) => plan?.mode),
          ['replace'],
        )
        assert.is(output.state === 'rolledBack' && output.failure.message, 'not today')
        assert.equal(changes(stage, OLD), [])
      }))
  }

  test('grantAllPermissions :: asks nothing, and is recorded', () =>
    onUpgradeStage(async (stage) => {
      const { output, asked } = await upgrade(stage, { grantAllPermissions: true, mode: 'replace' })
      assert.equal(asked, [])
      assert.is(output.state === 'done' && output.plugin.consent.by, 'grantAllPermissions')
    }))

  test('grantAllPermissions :: is refused where the plugin would have to be replaced', () =>
    onUpgradeStage(async (stage) => {
      const { output, asked } = await upgrade(stage, { grantAllPermissions: true })
      assert.equal(asked, [])
      assert.is(output.state, 'rolledBack')
      if (output.state !== 'rolledBack') return
      assert.equal([output.failure.code, output.changed], ['only-by-replacing', false])
      assert.equal(changes(stage, OLD), [])
    }))
})

suite('an upgrade without a way back', (test) => {
  /** The everyday case: the plugin's own tag has moved on. */
  const moved = async (
    given: Parameters<typeof upgrade>[1],
    check: (end: End) => void,
    starts = true,
  ) =>
    onUpgradeStage(async (stage) => {
      const { embedded } = stage
      embedded.publish(OLD, notes(starts ? '2.0' : '3.0'))
      check(await upgrade(stage, { reference: OLD, ...given }))
    })

  for (const given of [
    { noWayBack: 'refuse' },
    { grantAllPermissions: true, mode: 'inPlace' },
  ] as const) {
    test(`${JSON.stringify(given)} :: is refused before anything is changed`, () =>
      moved(given, ({ output }) => {
        assert.is(output.state, 'rolledBack')
        assert.is(output.state === 'rolledBack' && output.failure.code, 'no-way-back')
        assert.is(output.state === 'rolledBack' && output.changed, false)
      }))
  }

  test('ask :: a person is asked even where a policy grants all, and accepts it', () =>
    moved({ consent: () => true }, ({ output, asked }) => {
      assert.is(output.state, 'done')
      assert.equal(
        asked.map(({ wayBack, plan }) => [wayBack, plan !== undefined]),
        [[MOVED, true]],
      )
    }))

  test('ask :: one who denies it keeps the old version', () =>
    moved(
      {
        answer: (request, flow) =>
          request.plan ? flow.deny(undefined, request) : flow.grant(request),
      },
      ({ output }) =>
        assert.is(output.state === 'rolledBack' && output.failure.code, 'consent-denied'),
    ))

  test('accept :: goes on without a person', () =>
    moved(
      { noWayBack: 'accept', grantAllPermissions: true, mode: 'replace' },
      ({ output, asked }) => {
        assert.is(output.state, 'done')
        assert.equal(asked, [])
      },
    ))

  test('accept, and it fails :: stranded with the new version, and the reason', () =>
    moved(
      { noWayBack: 'accept', grantAllPermissions: true, mode: 'inPlace' },
      ({ output }) => {
        assert.is(output.state, 'stranded')
        if (output.state !== 'stranded') return
        assert.equal([output.version, output.reason], ['new', MOVED.none])
      },
      false,
    ))

  test('because a new install of the old version has less than it has now :: is refused, too', () =>
    onUpgradeStage(async (stage) => {
      await upgrade(stage, { mode: 'inPlace' })
      const options = { reference: OLD, mode: 'replace', noWayBack: 'refuse' } as const
      const { output } = await upgrade(stage, options)
      assert.is(output.state === 'rolledBack' && output.failure.code, 'no-way-back')
      const { asked } = await upgrade(stage, { ...options, noWayBack: 'ask' })
      assert.equal(asked[1]?.wayBack, {
        none: 'the old version could not have again, as it has it now: FORMAT, kmsg',
      })
    }))

  test('a name of the author in the reason :: stands in quotes where it could be taken for words', () =>
    onUpgradeStage(async (stage) => {
      const { embedded, call } = stage
      const Name = 'nothing, all of it comes back'
      const version = (Value: string, Settable: string[]) =>
        definePlugin({ config: { Description: Value, Env: [{ Name, Value, Settable }] } })
      await call('DELETE', `/plugins/${OLD}?force=1`)
      embedded.publish(OLD, version('old', []))
      embedded.publish('acme/notes:2.0', version('new', ['value']))
      await stage.install({ reference: OLD, grantAllPermissions: true }).result
      const { asked } = await upgrade(stage, { mode: 'inPlace' })
      assert.equal(
        asked.map(({ wayBack }) => 'none' in wayBack && wayBack.none),
        [`the old version could not have again, as it has it now: "${Name}"`],
      )
    }))
})
