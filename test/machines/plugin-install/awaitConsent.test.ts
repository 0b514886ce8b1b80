import * as assert from 'uvu/assert'
import { after, at, done, failed, lookUp, send } from '../../support/chart.ts'
import { edge } from '../../support/edges.ts'
import { samplePlugin } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const present = lookUp({ present: { plugin: samplePlugin(), asWanted: false, own: false } })

suite('awaitConsent', (test) => {
  edge(
    test,
    'awaitConsent · done(decideConsent) [isGrantedToAdopt] → pulling.verifying',
    send(at('checkPrivileges'), done('lookUpPlugin', present)),
    done('decideConsent', { granted: true }),
    ({ context }) => {
      assert.is(context.ownership, 'adopted')
      assert.is(context.consent?.by, 'policy')
    },
  )

  edge(
    test,
    'awaitConsent · consent.grant [asksPersonToAdopt] → pulling.verifying',
    send(at('checkPrivileges'), done('lookUpPlugin', present), done('decideConsent', undefined)),
    { type: 'consent.grant' },
    ({ context }) => {
      assert.is(context.ownership, 'adopted')
      assert.is(context.consent?.by, 'person')
    },
  )

  edge(
    test,
    'awaitConsent · done(decideConsent) [isGranted] → pulling',
    at('awaitConsent'),
    done('decideConsent', { granted: true }),
    ({ context }) => {
      assert.is(context.consent?.by, 'policy')
      assert.equal(context.consent?.request, context.consentRequest)
      assert.is(context.ownership, 'uncertain', 'the pull has begun')
    },
  )

  edge(
    test,
    'awaitConsent · done(decideConsent) [isDenied] → rolledBack',
    at('awaitConsent'),
    done('decideConsent', { granted: false, reason: 'no host network here' }),
    ({ context }) => {
      assert.is(context.failure?.code, 'consent-denied')
      assert.match(context.failure?.message ?? '', 'no host network here')
      assert.is(context.consent, undefined)
    },
  )

  edge(
    test,
    'awaitConsent · done(decideConsent) → awaitConsent (stays)',
    at('awaitConsent'),
    done('decideConsent', undefined),
    ({ context, children }) => {
      assert.ok(context.asksPerson)
      assert.equal(children, {}, 'an actor that has answered is kept')
    },
  )

  edge(
    test,
    'awaitConsent · error(decideConsent) → rolledBack',
    at('awaitConsent'),
    failed('decideConsent', 'host-failed'),
    ({ context }) => assert.is(context.failure?.state, 'awaitConsent'),
  )

  edge(
    test,
    'awaitConsent · consent.grant [asksPerson] → pulling',
    at('awaitConsent, asking a person'),
    { type: 'consent.grant' },
    ({ context }) => {
      assert.is(context.consent?.by, 'person')
      assert.not(context.asksPerson)
      assert.is(context.ownership, 'uncertain', 'the pull has begun')
    },
  )

  edge(
    test,
    'awaitConsent · consent.deny [asksPerson] → rolledBack',
    at('awaitConsent, asking a person'),
    { type: 'consent.deny', reason: 'not on this host' },
    ({ context }) => {
      assert.is(context.failure?.code, 'consent-denied')
      assert.match(context.failure?.message ?? '', 'not on this host')
      assert.equal(context.rollback, { result: 'nothingToRemove' })
    },
  )

  test('awaitConsent :: a person is not heard while a policy decides', () => {
    assert.not(at('awaitConsent').can({ type: 'consent.grant' }))
    assert.not(at('awaitConsent').can({ type: 'consent.deny' }))
  })

  test('awaitConsent · consent.grant [asksPersonToAdopt] :: not heard while a policy decides', () => {
    const deciding = send(at('checkPrivileges'), done('lookUpPlugin', present))
    assert.is(deciding.value, 'awaitConsent')
    assert.not(deciding.can({ type: 'consent.grant' }))
  })

  edge(
    test,
    'awaitConsent · install.cancel → rolledBack',
    at('awaitConsent, asking a person'),
    { type: 'install.cancel' },
    ({ context }) => {
      assert.is(context.failure?.code, 'cancelled')
      assert.is(context.failure?.state, 'awaitConsent')
    },
  )

  edge(
    test,
    'awaitConsent · after(awaitConsentTimeout) → rolledBack',
    at('awaitConsent, asking a person'),
    after('awaitConsentTimeout', 'awaitConsent'),
    ({ context }) => {
      assert.is(context.failure?.code, 'timed-out')
      assert.is(context.failure?.state, 'awaitConsent')
    },
  )

  test('awaitConsent · consent.grant [asksPerson] :: who granted is on record, where that is known', () => {
    const asking = at('awaitConsent, asking a person')
    const known = send(asking, { type: 'consent.grant', who: 'ada' })
    assert.is(known.context.consent?.who, 'ada')
    const unknown = send(asking, { type: 'consent.grant' })
    assert.not('who' in (unknown.context.consent ?? {}))
    const policy = send(at('awaitConsent'), done('decideConsent', { granted: true, who: 'allow' }))
    assert.is(policy.context.consent?.who, 'allow')
  })
})
