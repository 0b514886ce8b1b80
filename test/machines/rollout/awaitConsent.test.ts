import * as assert from 'uvu/assert'
import { after, awaiting, consent, edge, grant, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('awaitConsent', (test) => {
  edge(
    test,
    'awaitConsent · consent.grant [isInCanary] → canary',
    awaiting(10, { canaries: [1, '50%'] }),
    grant,
    ({ value, context }) =>
      assert.equal([value, context.consent, context.out], ['canary', consent, [0]]),
  )

  edge(test, 'awaitConsent · consent.grant → rolling', awaiting(3), grant, ({ value, context }) =>
    assert.equal([value, context.consent, context.out], ['rolling', consent, [0, 1]]),
  )

  edge(
    test,
    'awaitConsent · consent.deny → denied',
    awaiting(3),
    { type: 'consent.deny' },
    (next) => assert.equal([next.value, next.status], ['denied', 'done']),
  )

  edge(test, 'awaitConsent · cancel → stopped', awaiting(3), { type: 'cancel' }, ({ value }) =>
    assert.is(value, 'stopped'),
  )

  edge(
    test,
    'awaitConsent · after(consentTime) → expired',
    awaiting(3),
    after('consentTime', 'awaitConsent'),
    (next) => assert.equal([next.value, next.status], ['expired', 'done']),
  )

  for (const type of ['pause', 'resume', 'promote', 'rollback', 'retry'] as const) {
    test(`awaitConsent :: ${type} has no effect`, () => {
      const waiting = awaiting(3)
      assert.is(send(waiting, { type }).value, 'awaitConsent')
    })
  }
})
