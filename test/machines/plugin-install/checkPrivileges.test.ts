import * as assert from 'uvu/assert'
import { makeFailure } from '../../../machines/failure.ts'
import type { Resumed } from '../../../machines/plugin-install/types.ts'
import { textOf } from '../../../machines/settings.ts'
import { after, at, done, failed, lookUp, send } from '../../support/chart.ts'
import { edge, eventless } from '../../support/edges.ts'
import {
  agreed,
  digest,
  hostNetwork,
  parsed,
  pluginId,
  samplePlugin,
} from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const created: Resumed = { ownership: 'created', enableRequested: false, consent: agreed }

suite('checkPrivileges', (test) => {
  edge(
    test,
    'checkPrivileges · done(lookUpPlugin) [needsConsent] → awaitConsent',
    at('checkPrivileges'),
    done('lookUpPlugin', lookUp()),
    ({ context }) => {
      assert.equal(context.consentRequest, {
        id: 1,
        reference: 'acme/probe:1.0',
        name: 'acme/probe:1.0',
        digest,
        privileges: [hostNetwork],
        settings: [],
      })
      assert.is(context.consent, undefined)
    },
  )

  edge(
    test,
    'checkPrivileges · done(lookUpPlugin) [isThereAlready] → done',
    at('checkPrivileges', { ifPresent: 'keep' }),
    done(
      'lookUpPlugin',
      lookUp({ present: { plugin: samplePlugin(), asWanted: true, own: false } }),
    ),
    ({ output }) => {
      assert.is(output?.state, 'done')
      if (output?.state !== 'done') return
      assert.not(output.plugin.changed)
      assert.is(output.plugin.id, pluginId)
      assert.is(output.plugin.consent.by, 'nobody')
    },
  )

  edge(
    test,
    'checkPrivileges · done(lookUpPlugin) [adopts] → pulling.verifying',
    at('checkPrivileges', { ifPresent: 'finish', grantAllPermissions: true }),
    done(
      'lookUpPlugin',
      lookUp({ present: { plugin: samplePlugin(), asWanted: false, own: false } }),
    ),
    ({ context }) => {
      assert.is(context.ownership, 'adopted')
      assert.is(context.consent?.by, 'grantAllPermissions')
    },
  )

  edge(
    test,
    'checkPrivileges · done(lookUpPlugin) → pulling',
    at('checkPrivileges'),
    done('lookUpPlugin', lookUp({ privileges: [] })),
    ({ context }) => {
      assert.is(context.consent?.by, 'nobody')
      assert.is(context.ownership, 'uncertain')
    },
  )

  test('checkPrivileges :: all was granted beforehand', () => {
    const next = send(
      at('checkPrivileges', { grantAllPermissions: true }),
      done('lookUpPlugin', lookUp()),
    )
    assert.equal(next.value, { pulling: 'streaming' })
    assert.is(next.context.consent?.by, 'grantAllPermissions')
    assert.equal(next.context.consent?.request.privileges, [hostNetwork])
  })

  test('checkPrivileges :: a setting that may point a mount elsewhere needs consent by itself', () => {
    const event = done('lookUpPlugin', lookUp({ privileges: [] }))
    for (const setting of ['state.source=/', 'state=/', 'null.path=/dev/sda', 'state=..']) {
      const next = send(at('checkPrivileges', { settings: parsed(setting) }), event)
      assert.is(next.value, 'awaitConsent', setting)
      assert.equal(next.context.consentRequest?.settings.map(textOf), [setting])
      assert.ok(next.context.consentRequest?.settings[0]?.widens)
    }
    const harmless = send(at('checkPrivileges', { settings: parsed('DEBUG=1') }), event)
    assert.equal(harmless.value, { pulling: 'streaming' })
  })

  test('checkPrivileges :: after a detour through reauth no one is asked twice for the same', () => {
    const granted = send(
      at('pulling.streaming'),
      failed('pluginPull', 'unauthorized', { status: 500 }),
      done('requestCredentials', { registry: 'docker.io' }),
    )
    assert.equal(send(granted, done('lookUpPlugin', lookUp())).value, { pulling: 'streaming' })
    const others = [
      lookUp({ privileges: [{ ...hostNetwork, Value: ['none'] }] }),
      lookUp({ digest: `sha256:${'c'.repeat(64)}` }),
    ]
    for (const other of others) {
      const next = send(granted, done('lookUpPlugin', other))
      assert.is(next.value, 'awaitConsent')
      assert.is(next.context.consentRequest?.id, 2)
    }
  })

  test('checkPrivileges :: what was granted by a person stays recorded as theirs', () => {
    const again = send(
      at('pulling.streaming'),
      failed('pluginPull', 'unauthorized', { status: 500 }),
      done('requestCredentials', { registry: 'docker.io' }),
      done('lookUpPlugin', lookUp()),
    )
    assert.is(again.context.consent?.by, 'person')
  })

  edge(
    test,
    'checkPrivileges · error(lookUpPlugin) [mayReauth] → reauth',
    at('checkPrivileges'),
    failed('lookUpPlugin', 'unauthorized'),
    ({ context }) => assert.is(context.credentialsAttempt, 1),
  )

  edge(
    test,
    'checkPrivileges · error(lookUpPlugin) [othersActed] → rollingBack',
    at('checkPrivileges', { resumed: created }),
    failed('lookUpPlugin', 'changed-by-others'),
    ({ context }) => {
      assert.is(context.ownership, 'adopted')
      assert.is(context.failure?.code, 'changed-by-others')
    },
  )

  test('checkPrivileges :: a resumed run that had adopted the plugin has not created it', () => {
    const resumed: Resumed = { ...created, ownership: 'adopted', id: pluginId }
    const present = { plugin: samplePlugin(), asWanted: false, own: true }
    const adopted = send(
      at('checkPrivileges', { resumed }),
      done('lookUpPlugin', lookUp({ present })),
    )
    assert.equal(adopted.value, { pulling: 'verifying' })
    assert.is(adopted.context.ownership, 'adopted')
  })

  edge(
    test,
    'checkPrivileges · error(lookUpPlugin) → rolledBack',
    at('checkPrivileges'),
    failed('lookUpPlugin', 'not-found', { status: 404, engineMessage: 'manifest unknown' }),
    ({ output }) => {
      assert.is(output?.state, 'rolledBack')
      if (output?.state !== 'rolledBack') return
      assert.equal(output.rollback, { result: 'nothingToRemove' })
      assert.is(output.failure.code, 'not-found')
      assert.is(output.failure.state, 'checkPrivileges')
      assert.is(output.failure.status, 404)
      assert.is(output.failure.engineMessage, 'manifest unknown')
    },
  )

  test('checkPrivileges :: credentials are asked for three times, not four', () => {
    let snapshot = at('checkPrivileges')
    for (const attempt of [1, 2, 3]) {
      snapshot = send(snapshot, failed('lookUpPlugin', 'unauthorized'))
      assert.is(snapshot.value, 'reauth')
      assert.is(snapshot.context.credentialsAttempt, attempt)
      snapshot = send(snapshot, done('requestCredentials', { registry: 'docker.io' }))
    }
    snapshot = send(snapshot, failed('lookUpPlugin', 'unauthorized'))
    assert.is(snapshot.value, 'rolledBack')
    assert.is(snapshot.context.failure?.code, 'unauthorized')
  })

  eventless(
    test,
    'checkPrivileges · always [wasRollingBack] → rollingBack',
    at('checkPrivileges', {
      resumed: { ...created, failure: makeFailure('cancelled', 'enabling') },
    }),
    ({ context }) => assert.is(context.failure?.state, 'enabling'),
  )

  for (const [event, code] of [
    [failed('lookUpPlugin', 'engine-unreachable'), 'engine-unreachable'],
    [{ type: 'install.cancel' }, 'cancelled'],
    [after('checkPrivilegesTimeout', 'checkPrivileges'), 'timed-out'],
  ] as const) {
    test(`checkPrivileges :: what an earlier process may have created is taken back :: ${code}`, () => {
      const next = send(at('checkPrivileges', { resumed: created }), event)
      assert.is(next.value, 'rollingBack')
      assert.is(next.context.failure?.code, code)
      assert.is(next.context.ownership, 'created')
    })
  }

  edge(
    test,
    'checkPrivileges · error(lookUpPlugin) [mayHaveCreated] → rollingBack',
    at('checkPrivileges', { resumed: created }),
    failed('lookUpPlugin', 'engine-unreachable'),
  )

  edge(
    test,
    'checkPrivileges · install.cancel [mayHaveCreated] → rollingBack',
    at('checkPrivileges', { resumed: created }),
    { type: 'install.cancel' },
  )

  edge(
    test,
    'checkPrivileges · after(checkPrivilegesTimeout) [mayHaveCreated] → rollingBack',
    at('checkPrivileges', { resumed: created }),
    after('checkPrivilegesTimeout', 'checkPrivileges'),
  )

  test('checkPrivileges · install.cancel [mayHaveCreated] :: whatever was owned but nothing', () => {
    for (const ownership of ['adopted', 'uncertain', 'created'] as const) {
      const resumed = { ownership, enableRequested: false }
      const next = send(at('checkPrivileges', { resumed }), { type: 'install.cancel' })
      assert.is(next.value, 'rollingBack', ownership)
      assert.is(next.context.ownership, ownership)
    }
  })

  test('checkPrivileges · done(lookUpPlugin) [needsConsent] :: resumed, and gone, nothing is owned', () => {
    const resumed = { ownership: 'created', enableRequested: false } as const
    const next = send(at('checkPrivileges', { resumed }), done('lookUpPlugin', lookUp()))
    assert.is(next.value, 'awaitConsent')
    assert.is(next.context.ownership, 'nothing')
  })

  test('checkPrivileges :: resumed, and own :: verified again, or done', () => {
    const own = { plugin: samplePlugin(), asWanted: false, own: true }
    const start = at('checkPrivileges', { resumed: created })
    const again = send(start, done('lookUpPlugin', lookUp({ present: own })))
    assert.equal(again.value, { pulling: 'verifying' })
    assert.is(again.context.ownership, 'created')
    assert.is(again.context.consent?.by, 'person')
    const { output } = send(
      start,
      done('lookUpPlugin', lookUp({ present: { ...own, asWanted: true } })),
    )
    assert.is(output?.state, 'done')
    if (output?.state !== 'done') return
    assert.ok(output.plugin.changed)
    assert.is(output.plugin.consent.by, 'person')
  })

  test('checkPrivileges :: resumed, and gone :: pulled again under the consent it had', () => {
    const start = at('checkPrivileges', { resumed: { ...created, pulledDigest: digest } })
    const next = send(start, done('lookUpPlugin', lookUp()))
    assert.equal(next.value, { pulling: 'streaming' })
    assert.is(next.context.consent?.by, 'person')
  })

  edge(
    test,
    'checkPrivileges · install.cancel → rolledBack',
    at('checkPrivileges'),
    { type: 'install.cancel' },
    ({ context }) => {
      assert.is(context.failure?.code, 'cancelled')
      assert.equal(context.rollback, { result: 'nothingToRemove' })
    },
  )

  edge(
    test,
    'checkPrivileges · after(checkPrivilegesTimeout) → rolledBack',
    at('checkPrivileges'),
    after('checkPrivilegesTimeout', 'checkPrivileges'),
    ({ context }) => {
      assert.is(context.failure?.code, 'timed-out')
      assert.is(context.failure?.state, 'checkPrivileges')
    },
  )

  test('checkPrivileges :: no one can grant what was not asked yet', () => {
    assert.not(at('checkPrivileges').can({ type: 'consent.grant' }))
    assert.not(at('checkPrivileges').can({ type: 'consent.deny' }))
  })
})
