import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { after, at, cancel, done, edge, failed, send } from '../../support/upgradeChart.ts'

suite('reauth', (test) => {
  const account = { registry: 'docker.io' }

  edge(
    test,
    'reauth · credentials.submit [asksPerson] → resolving',
    at('reauth, asking a person'),
    { type: 'credentials.submit', account },
    ({ context }) => assert.equal(context.account, account),
  )

  test('reauth :: a person is heard only when asked', () => {
    const { value } = send(at('reauth'), { type: 'credentials.submit', account })
    assert.is(value, 'reauth')
  })

  edge(
    test,
    'reauth · done(requestCredentials) [hasAccount] → resolving',
    at('reauth'),
    done('requestCredentials', account),
    ({ context }) => assert.equal(context.account, account),
  )

  edge(
    test,
    'reauth · done(requestCredentials) → reauth (stays)',
    at('reauth'),
    done('requestCredentials', undefined),
    ({ context }) => assert.ok(context.asksPerson),
  )

  edge(
    test,
    'reauth · error(requestCredentials) → rollingBack',
    at('reauth'),
    failed('requestCredentials', 'unauthorized', { status: 500 }),
    ({ context }) => {
      assert.is(context.failure?.code, 'unauthorized')
      assert.is(context.failure?.state, 'reauth')
    },
  )

  edge(
    test,
    'reauth · upgrade.cancel → rollingBack',
    at('reauth, asking a person'),
    cancel,
    ({ context }) => assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'reauth · after(reauthTimeout) → rollingBack',
    at('reauth, asking a person'),
    after('reauthTimeout', 'reauth'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
