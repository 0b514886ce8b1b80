import * as assert from 'uvu/assert'
import type { Uses } from '../../../machines/plugin-upgrade/types.ts'
import { suite } from '../../support/suite.ts'
import {
  after,
  at,
  cancel,
  done,
  edge,
  failed,
  old,
  oldDisabled,
  resolved,
  send,
} from '../../support/upgradeChart.ts'

const used: Uses = { volumes: ['data'], networks: [], containers: ['web', 'db'] }

suite('resolving', (test) => {
  edge(
    test,
    'resolving · done(resolveVersions) [needsConsent] → awaitConsent',
    at('resolving'),
    done('resolveVersions', resolved),
    ({ context }) => {
      assert.equal(context.resolved, resolved)
      const { added, removed, wayBack, ...request } = context.consentRequest ?? {}
      assert.equal(
        added?.map(({ Name, Value }) => [Name, Value]),
        [['network', ['host']]],
      )
      assert.equal([removed, wayBack], [[], resolved.back])
      assert.equal(request, {
        id: 1,
        reference: 'acme/probe:2.0',
        from: 'docker.io/acme/probe:1.0',
        name: 'acme/probe:1.0',
        digest: resolved.digest,
        privileges: resolved.privileges,
        settings: [],
      })
    },
  )

  edge(
    test,
    'resolving · done(resolveVersions) [isInUse] → rollingBack',
    at('resolving'),
    done('resolveVersions', { ...resolved, uses: used }),
    ({ context }) => {
      const { code, message, next } = context.failure ?? {}
      assert.equal(
        [code, message, next],
        [
          'in-use',
          'acme/probe:1.0 is in use by web, db',
          'Remove the containers that use it, or use --force.',
        ],
      )
      assert.equal(context.resolved?.uses, used)
    },
  )

  test('resolving :: a replacement of what is in use is refused in words of its own', () => {
    const from = at('resolving', { mode: 'replace', force: true })
    const { failure } = send(from, done('resolveVersions', { ...resolved, uses: used })).context
    assert.is(failure?.message, 'acme/probe:1.0 is in use by web, db, so it cannot be replaced')
    assert.match(failure?.next ?? '', 'upgrade in place (--mode in-place --force)')
  })

  test('resolving :: what is in use is only refused where the engine would refuse it', () => {
    const end = (given: object, uses: Uses = used, before = old) => {
      const from = at('resolving', { ...given }, before)
      return send(from, done('resolveVersions', { ...resolved, uses })).value
    }
    assert.is(end({ force: true }), 'awaitConsent')
    assert.is(end({}, used, oldDisabled), 'awaitConsent')
    assert.is(end({}, { ...used, containers: [] }), 'awaitConsent')
    for (const given of [{ force: true }, {}]) {
      assert.is(end({ ...given, mode: 'replace' }, used, oldDisabled), 'rolledBack')
    }
  })

  edge(
    test,
    'resolving · done(resolveVersions) → staging',
    at('resolving', { grantAllPermissions: true }),
    done('resolveVersions', resolved),
    ({ context }) => {
      assert.equal(context.resolved, resolved)
      assert.is(context.consent?.by, 'grantAllPermissions')
      assert.equal(context.consent?.request, context.consentRequest)
      assert.is(context.phase, 'staging')
    },
  )

  test('resolving :: what asks for nothing needs no consent', () => {
    const nothing = { ...resolved, privileges: [] }
    const { context, value } = send(at('resolving'), done('resolveVersions', nothing))
    assert.equal([value, context.consent?.by], ['staging', 'nobody'])
  })

  test('resolving :: the same question is not asked twice after a detour, another one is', () => {
    const detour = send(
      at('staging'),
      failed('stageCopy', 'unauthorized'),
      done('requestCredentials', { registry: 'docker.io' }),
    )
    const again = send(detour, done('resolveVersions', resolved))
    assert.equal([again.value, again.context.consent?.by], ['staging', 'person'])
    const otherDigest = { ...resolved, digest: `sha256:${'b'.repeat(64)}` }
    const next = send(detour, done('resolveVersions', otherDigest))
    assert.equal([next.value, next.context.consentRequest?.id], ['awaitConsent', 2])
    const more = { ...resolved, privileges: [...resolved.privileges, ...resolved.privileges] }
    assert.is(send(detour, done('resolveVersions', more)).value, 'awaitConsent')
  })

  edge(
    test,
    'resolving · error(resolveVersions) [mayReauth] → reauth',
    at('resolving'),
    failed('resolveVersions', 'unauthorized'),
    ({ context }) => assert.is(context.credentialsAttempt, 1),
  )

  test('resolving :: no credentials are asked for after the last attempt', () => {
    const from = at('resolving', { credentialsAttempts: 0 })
    assert.is(send(from, failed('resolveVersions', 'unauthorized')).value, 'rolledBack')
  })

  edge(
    test,
    'resolving · error(resolveVersions) → rollingBack',
    at('resolving'),
    failed('resolveVersions', 'not-found', { status: 500 }),
    ({ context }) => {
      assert.is(context.failure?.code, 'not-found')
      assert.is(context.failure?.state, 'resolving')
    },
  )

  edge(test, 'resolving · upgrade.cancel → rollingBack', at('resolving'), cancel, ({ context }) =>
    assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'resolving · after(resolvingTimeout) → rollingBack',
    at('resolving'),
    after('resolvingTimeout', 'resolving'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
