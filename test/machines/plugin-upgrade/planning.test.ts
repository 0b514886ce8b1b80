import * as assert from 'uvu/assert'
import { catalogue } from '../../../machines/catalogue.ts'
import { computePrivileges } from '../../../machines/privileges.ts'
import { suite } from '../../support/suite.ts'
import {
  always,
  at,
  copy,
  done,
  grant,
  observed,
  old,
  oldDisabled,
  resolved,
  send,
} from '../../support/upgradeChart.ts'

suite('planning', (test) => {
  const staged = (found = copy) => done('stageCopy', { copy: found, digest: resolved.digest })
  const disk = { Name: 'disk', Description: '', Path: '/dev/sda', Settable: ['path'] }
  const Linux = { ...copy.config.Linux, Devices: [disk] }
  const withDisk = observed({ ...copy.config, Linux })
  const back = { none: 'it is gone' }
  const withoutWayBack = (given: object) =>
    send(
      at('resolving', given),
      done('resolveVersions', { ...resolved, back }),
      done('decideConsent', { granted: true }),
    )
  const asksNothing = { ...old, config: copy.config, effect: copy.effect }

  always(
    test,
    'planning · always [isUnchanged] → cleaning',
    at('staging', { reference: 'acme/probe:1.0' }, asksNothing),
    staged(),
    ({ context, value }) => {
      assert.is(value, 'cleaning')
      assert.equal([context.phase, context.plan?.mode], ['staging', 'inPlace'])
    },
  )

  for (const [what, given, before] of [
    ['that is to be replaced', { mode: 'replace' }, asksNothing],
    ['with a setting', { settings: [{ name: 'LEVEL', value: 'debug' }] }, asksNothing],
    ['from another reference', { reference: 'acme/probe:2.0' }, asksNothing],
    ['of other content', {}, old],
  ] as const) {
    test(`planning :: a plugin ${what} is not unchanged`, () => {
      const input = { reference: 'acme/probe:1.0', ...given, grantAllPermissions: true }
      assert.is(
        send(at('resolving', input, before), done('resolveVersions', resolved), staged()).value,
        'disabling',
      )
    })
  }

  always(
    test,
    'planning · always [cannotGive] → rollingBack',
    send(
      at('resolving', {
        settings: [{ name: 'disk', value: '/dev/sdb' }],
        grantAllPermissions: true,
      }),
      done('resolveVersions', { ...resolved, privileges: computePrivileges(withDisk.config) }),
    ),
    staged(withDisk),
    ({ context }) => {
      const { code, message } = context.failure ?? {}
      const { summary } = catalogue['only-by-replacing']
      assert.equal([code, message], ['only-by-replacing', summary])
      assert.equal(context.copy, withDisk)
      assert.is(context.plan?.mode, 'inPlace')
    },
  )

  test('planning :: a grant of permissions does not agree to a replacement, which loses data', () => {
    const end = (given: object, found = copy) =>
      send(
        at('resolving', { grantAllPermissions: true, ...given }),
        done('resolveVersions', { ...resolved, privileges: computePrivileges(found.config) }),
        staged(found),
      )
    const { context, value } = end({ mode: 'auto' })
    assert.equal([value, context.plan?.mode], [{ rollingBack: 'cleaning' }, 'replace'])
    const { code, state, message, next } = context.failure ?? {}
    assert.equal([code, state], ['only-by-replacing', 'staging'])
    assert.match(message ?? '', 'less than a new install (DEBUG, FIXED)')
    assert.match(next ?? '', /\(--mode replace\), which loses .* \(--mode in-place\)\.$/)
    for (const mode of ['replace', 'inPlace']) assert.is(end({ mode }).value, 'disabling')
    // In place would be refused, too.
    const settings = [{ name: 'disk', value: '/dev/sdb' }]
    const device = end({ mode: 'auto', settings }, withDisk).context.failure
    assert.match(device?.message ?? '', '(disk, DEBUG, FIXED)')
    assert.not.match(device?.next ?? '', 'in-place')
  })

  always(
    test,
    'planning · always [isInUse] → rollingBack',
    send(
      at('resolving', { mode: 'auto', force: true }),
      done('resolveVersions', {
        ...resolved,
        uses: { volumes: [], networks: [], containers: ['web'] },
      }),
      done('decideConsent', { granted: true }),
    ),
    staged(),
    ({ context, value }) => {
      assert.equal([value, context.plan?.mode], [{ rollingBack: 'cleaning' }, 'replace'])
      const { code, message, next } = context.failure ?? {}
      assert.is(code, 'in-use')
      assert.is(message, 'acme/probe:1.0 is in use by web, so it cannot be replaced')
      assert.match(next ?? '', '--mode in-place --force')
    },
  )

  always(
    test,
    'planning · always [mayNotGoOn] → rollingBack',
    withoutWayBack({ noWayBack: 'refuse' }),
    staged(),
    ({ context, value }) => {
      assert.equal(value, { rollingBack: 'cleaning' })
      assert.is(context.failure?.code, 'no-way-back')
    },
  )

  test('planning :: without a way back a person has to be there, or to have accepted it', () => {
    const end = (given: object) => {
      const from = send(at('resolving', given), done('resolveVersions', { ...resolved, back }))
      return send(from, staged()).value
    }
    const grantAllPermissions = true
    assert.equal(end({ grantAllPermissions }), { rollingBack: 'cleaning' })
    assert.equal(end({ grantAllPermissions, noWayBack: 'accept' }), 'disabling')
    assert.equal(send(withoutWayBack({}), staged()).value, 'awaitConsent')
  })

  always(
    test,
    'planning · always [needsConsentOfPlan] → awaitConsent',
    at('staging'),
    staged(),
    ({ context }) => {
      const { id, plan, wayBack } = context.consentRequest ?? {}
      assert.equal([id, wayBack], [2, resolved.back])
      assert.equal(plan, {
        mode: 'inPlace',
        entries: [
          { kind: 'env', name: 'DEBUG', fate: 'stays', from: '0', to: '0' },
          { kind: 'env', name: 'FIXED', fate: 'stays', from: 'yes', to: 'yes' },
        ],
      })
    },
  )

  always(
    test,
    'planning · always [isToBeTried] → trying',
    at('awaitConsent of the plan, asking a person', { trial: true }),
    grant,
    ({ context, value }) => {
      assert.is(value, 'trying')
      assert.is(context.phase, 'staging')
      assert.is(context.consent?.request.id, 2)
    },
  )

  always(
    test,
    'planning · always [wasEnabled] → disabling',
    at('awaitConsent of the plan, asking a person'),
    grant,
    ({ context, value }) => {
      assert.equal([value, context.phase], ['disabling', 'disabling'])
      assert.is(context.consent?.request.id, 2)
    },
  )

  always(
    test,
    'planning · always → upgrading',
    at('awaitConsent of the plan, asking a person', {}, oldDisabled),
    grant,
    ({ context, value }) => {
      assert.equal([value, context.phase, context.swap], ['upgrading', 'swapping', 'unknown'])
      assert.is(context.consent?.request.id, 2)
    },
  )

  test('planning :: another device than one that was asked for does not stop it', () => {
    const end = (given: object) =>
      send(
        at('resolving', { grantAllPermissions: true, ...given }),
        done('resolveVersions', { ...resolved, privileges: computePrivileges(withDisk.config) }),
        staged(withDisk),
      ).value
    assert.is(end({ settings: [{ name: 'LEVEL', value: 'x' }] }), 'disabling')
    const settings = [{ name: 'disk', value: '/dev/sdb' }]
    assert.is(end({ settings, mode: 'replace' }), 'disabling')
  })
})
