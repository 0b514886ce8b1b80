import * as assert from 'uvu/assert'
import { catalogue } from '../../../machines/catalogue.ts'
import { computePrivileges } from '../../../machines/privileges.ts'
import { suite } from '../../support/suite.ts'
import {
  after,
  at,
  cancel,
  copy,
  done,
  edge,
  failed,
  grant,
  observed,
  resolved,
  send,
} from '../../support/upgradeChart.ts'

suite('awaitConsent', (test) => {
  const none = { none: 'it is gone' }
  const withoutWayBack = (noWayBack: 'ask' | 'accept') =>
    send(
      at('resolving', { noWayBack }),
      done('resolveVersions', { ...resolved, back: none }),
      done('decideConsent', { granted: true }),
      done('stageCopy', { copy, digest: resolved.digest }),
    )

  edge(
    test,
    'awaitConsent · consent.grant [asksPersonOfPlan] → planning',
    at('awaitConsent of the plan, asking a person'),
    grant,
    ({ context, value }) => {
      assert.is(value, 'disabling')
      assert.equal([context.consent?.by, context.consent?.who], ['person', 'me'])
      assert.equal([context.consent?.request.id, context.consentRequest?.id], [2, 2])
      assert.is(context.phase, 'disabling')
    },
  )

  edge(
    test,
    'awaitConsent · consent.grant [asksPerson] → staging',
    at('awaitConsent, asking a person'),
    grant,
    ({ context, value }) => {
      assert.is(value, 'staging')
      assert.equal([context.consent?.by, context.consent?.who], ['person', 'me'])
      assert.is(context.consent?.request.id, 1)
      assert.is(context.phase, 'staging')
    },
  )

  test('awaitConsent :: a person is heard only when asked, and need not be named', () => {
    for (const type of ['consent.grant', 'consent.deny'] as const) {
      assert.is(send(at('awaitConsent'), { type }).value, 'awaitConsent')
      assert.is(send(at('awaitConsent of the plan'), { type }).value, 'awaitConsent')
    }
    const { context } = send(at('awaitConsent, asking a person'), { type: 'consent.grant' })
    assert.not('who' in Object(context.consent))
  })

  edge(
    test,
    'awaitConsent · consent.deny [asksPerson] → rollingBack',
    at('awaitConsent, asking a person'),
    { type: 'consent.deny', reason: 'no' },
    ({ context, value }) => {
      assert.is(value, 'rolledBack')
      assert.equal([context.failure?.code, context.failure?.message], ['consent-denied', 'no'])
    },
  )

  test('awaitConsent :: a denial without a reason has the words of the catalogue', () => {
    for (const event of [
      { type: 'consent.deny' } as const,
      { type: 'consent.deny', reason: '' } as const,
    ]) {
      const { context } = send(at('awaitConsent, asking a person'), event)
      assert.is(context.failure?.message, catalogue['consent-denied'].summary)
    }
    const { context } = send(at('awaitConsent'), done('decideConsent', { granted: false }))
    assert.is(context.failure?.message, catalogue['consent-denied'].summary)
  })

  edge(
    test,
    'awaitConsent · done(decideConsent) [isDenied] → rollingBack',
    at('awaitConsent of the plan'),
    done('decideConsent', { granted: false, reason: 'no' }),
    ({ context, value }) => {
      assert.equal(value, { rollingBack: 'cleaning' })
      assert.equal([context.failure?.code, context.failure?.message], ['consent-denied', 'no'])
    },
  )

  edge(
    test,
    'awaitConsent · done(decideConsent) [isForPerson] → awaitConsent (stays)',
    at('awaitConsent'),
    done('decideConsent', undefined),
    ({ context, children }) => {
      assert.ok(context.asksPerson)
      assert.equal(children, {}, 'an actor that has answered is kept')
    },
  )

  test('awaitConsent :: a policy decides on privileges, and not on doing without a way back', () => {
    const asked = send(withoutWayBack('ask'), done('decideConsent', { granted: true }))
    assert.equal([asked.value, asked.context.asksPerson], ['awaitConsent', true])
    assert.is(asked.context.consentRequest?.id, 2)
    const accepted = send(withoutWayBack('accept'), done('decideConsent', { granted: true }))
    assert.is(accepted.value, 'disabling')
  })

  test('awaitConsent :: a policy agrees to a replacement where it says so, or the caller has asked for one', () => {
    const end = (mode: 'auto' | 'replace', answer: object) =>
      send(
        at('awaitConsent of the plan', { mode }),
        done('decideConsent', { granted: true, ...answer }),
      )
    for (const replace of [undefined, false, 'yes']) {
      const { value, context } = end('auto', { replace })
      assert.equal([value, context.asksPerson], ['awaitConsent', true])
      assert.is(context.consentRequest?.plan?.mode, 'replace')
    }
    assert.is(end('auto', { replace: true }).value, 'disabling')
    assert.is(end('replace', {}).value, 'disabling')
  })

  test('awaitConsent :: what an upgrade in place loses, a policy agrees to', () => {
    const mount = {
      Name: 'state',
      Description: '',
      Source: '/data',
      Destination: '/state',
      Type: 'bind',
      Options: [],
      Settable: ['source'],
    }
    const before = observed({ ...copy.config, Description: 'old', Mounts: [mount] })
    const bare = observed({ ...copy.config, Mounts: [] })
    const privileges = computePrivileges(bare.config)
    const asked = send(
      at('resolving', { mode: 'auto' }, before),
      done('resolveVersions', { ...resolved, privileges }),
      done('decideConsent', { granted: true }),
      done('stageCopy', { copy: bare, digest: resolved.digest }),
    )
    assert.equal(
      [asked.value, asked.context.consentRequest?.plan?.mode],
      ['awaitConsent', 'inPlace'],
    )
    assert.is(send(asked, done('decideConsent', { granted: true })).value, 'disabling')
  })

  edge(
    test,
    'awaitConsent · done(decideConsent) [isPlanned] → planning',
    at('awaitConsent of the plan'),
    done('decideConsent', { granted: true, who: 'list' }),
    ({ context, value }) => {
      assert.is(value, 'disabling')
      assert.equal([context.consent?.by, context.consent?.who], ['policy', 'list'])
      assert.is(context.consent?.request.id, 2)
      assert.is(context.phase, 'disabling')
    },
  )

  edge(
    test,
    'awaitConsent · done(decideConsent) → staging',
    at('awaitConsent'),
    done('decideConsent', { granted: true, who: 'list' }),
    ({ context }) => {
      assert.equal([context.consent?.by, context.consent?.who], ['policy', 'list'])
      assert.is(context.phase, 'staging')
    },
  )

  edge(
    test,
    'awaitConsent · error(decideConsent) → rollingBack',
    at('awaitConsent'),
    failed('decideConsent', 'host-failed', {}),
    ({ context }) => {
      assert.is(context.failure?.code, 'host-failed')
      assert.is(context.failure?.state, 'awaitConsent')
    },
  )

  edge(
    test,
    'awaitConsent · upgrade.cancel → rollingBack',
    at('awaitConsent, asking a person'),
    cancel,
    ({ context }) => assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'awaitConsent · after(awaitConsentTimeout) → rollingBack',
    at('awaitConsent, asking a person'),
    after('awaitConsentTimeout', 'awaitConsent'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
