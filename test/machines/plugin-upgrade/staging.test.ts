import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import {
  after,
  at,
  cancel,
  copy,
  done,
  edge,
  failed,
  old,
  resolved,
  send,
} from '../../support/upgradeChart.ts'

suite('staging', (test) => {
  edge(
    test,
    'staging · done(stageCopy) → planning',
    at('staging'),
    done('stageCopy', { copy, digest: resolved.digest }),
    ({ context, value }) => {
      assert.is(value, 'awaitConsent')
      assert.equal(context.copy, copy)
      assert.is(context.plan?.mode, 'inPlace')
      assert.equal(context.resolved, resolved)
      assert.is(context.consentRequest?.id, 2)
    },
  )

  test('staging :: auto replaces where a new install has more', () => {
    const staged = done('stageCopy', { copy, digest: resolved.digest })
    assert.is(send(at('staging', { mode: 'auto' }), staged).context.plan?.mode, 'replace')
    assert.is(send(at('staging', { mode: 'replace' }), staged).context.plan?.mode, 'replace')
    const alike = { ...copy, config: { ...copy.config, Env: old.config.Env } }
    const same = done('stageCopy', { copy: alike, digest: resolved.digest })
    assert.is(send(at('staging', { mode: 'auto' }), same).context.plan?.mode, 'inPlace')
    // One thing is enough, such as a default that cannot be set.
    const Env = old.config.Env?.map((one) => (one.Name === 'FIXED' ? { ...one, Value: 'no' } : one))
    const config = { ...copy.config, Env: Env ?? null }
    const one = done('stageCopy', { copy: { ...copy, config }, digest: resolved.digest })
    const { plan } = send(at('staging', { mode: 'auto' }), one).context
    assert.equal(
      [plan?.mode, send(at('staging'), one).context.plan?.entries.map(({ fate }) => fate)],
      ['replace', ['onlyByReplacing']],
    )
  })

  test('staging :: a plan that the way back cannot undo has none', () => {
    const now = { ...old, effect: old.effect.filter(({ name }) => name !== 'FIXED') }
    const { context } = send(
      at('staging', { mode: 'replace' }, now),
      done('stageCopy', { copy, digest: resolved.digest }),
    )
    const none = 'the old version could not have again, as it has it now: FIXED'
    assert.equal(context.resolved, { ...resolved, back: { none } })
    const { context: before } = at('staging', { mode: 'replace' }, now)
    const gone = { ...resolved, back: { none: 'gone' } }
    const from = send(
      at('resolving', { mode: 'replace', grantAllPermissions: true }, now),
      done('resolveVersions', gone),
      done('stageCopy', { copy, digest: resolved.digest }),
    )
    assert.ok(before)
    assert.equal(from.context.resolved, gone)
  })

  edge(
    test,
    'staging · done(stageCopy) [isOtherContent] → rollingBack',
    at('staging'),
    done('stageCopy', { copy, digest: `sha256:${'b'.repeat(64)}` }),
    ({ context, value }) => {
      assert.equal(value, { rollingBack: 'cleaning' })
      assert.is(context.failure?.code, 'digest-changed')
      assert.equal(context.copy, copy)
    },
  )

  test('staging :: content is compared with what was agreed to and what is expected, where they are known', () => {
    const { digest: agreed, ...untold } = resolved
    const staged = (digest: string | undefined, given: object, told = true) =>
      send(
        at('resolving', { grantAllPermissions: true, ...given }),
        done('resolveVersions', told ? resolved : untold),
        done('stageCopy', { copy, ...(digest && { digest }) }),
      ).context.failure?.code
    const digest = String(agreed)
    assert.is(staged(undefined, {}), undefined)
    assert.is(staged(undefined, {}, false), undefined)
    assert.is(staged(digest, { digest }), undefined)
    assert.is(staged(digest, { digest }, false), undefined)
    assert.is(staged(undefined, { digest }), undefined)
    assert.is(staged(undefined, { digest }, false), 'digest-changed')
    assert.is(staged(digest, { digest: 'sha256:other' }), 'digest-changed')
  })

  edge(
    test,
    'staging · done(stageCopy) [exceedsConsent] → rollingBack',
    at('staging'),
    done('stageCopy', {
      copy: { ...copy, config: { ...copy.config, IpcHost: true } },
      digest: resolved.digest,
    }),
    ({ context, value }) => {
      assert.equal(value, { rollingBack: 'cleaning' })
      assert.is(context.failure?.code, 'privileges-not-enforced')
      assert.equal(
        context.failure?.difference?.added?.map(({ Name }) => Name),
        ['host ipc namespace'],
      )
      assert.ok(context.copy)
    },
  )

  edge(
    test,
    'staging · error(stageCopy) [mayReauth] → reauth',
    at('staging'),
    failed('stageCopy', 'unauthorized'),
    ({ context }) => assert.is(context.credentialsAttempt, 1),
  )

  edge(
    test,
    'staging · error(stageCopy) → rollingBack',
    at('staging'),
    failed('stageCopy', 'registry-unreachable', { status: 500 }),
    ({ context, value }) => {
      assert.is(context.failure?.code, 'registry-unreachable')
      assert.is(context.failure?.state, 'staging')
      assert.equal(value, { rollingBack: 'cleaning' })
    },
  )

  edge(test, 'staging · upgrade.cancel → rollingBack', at('staging'), cancel, ({ context }) =>
    assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'staging · after(stagingTimeout) → rollingBack',
    at('staging'),
    after('stagingTimeout', 'staging'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
