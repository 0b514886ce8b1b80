import * as assert from 'uvu/assert'
import { after, at, done, failed, send } from '../../support/chart.ts'
import { edge } from '../../support/edges.ts'
import { suite } from '../../support/suite.ts'

const account = { registry: 'docker.io', username: 'demo' }

suite('reauth', (test) => {
  edge(
    test,
    'reauth · done(requestCredentials) [hasAccount] → checkPrivileges',
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
    'reauth · error(requestCredentials) → rolledBack',
    at('reauth'),
    failed('requestCredentials', 'unauthorized'),
    ({ context }) => {
      assert.is(context.failure?.code, 'unauthorized')
      assert.is(context.failure?.state, 'reauth')
    },
  )

  test('reauth :: a source that throws what it likes is not quoted', () => {
    const thrown = { type: 'xstate.error.actor.requestCredentials', actorId: 'requestCredentials' }
    for (const error of [new TypeError('password hunter2'), 'hunter2', undefined]) {
      const { context } = send(at('reauth'), { ...thrown, error } as never)
      assert.is(context.failure?.code, 'host-failed')
      assert.not.match(JSON.stringify(context.failure), 'hunter2')
    }
  })

  edge(
    test,
    'reauth · credentials.submit [asksPerson] → checkPrivileges',
    at('reauth, asking a person'),
    { type: 'credentials.submit', account },
    ({ context }) => {
      assert.equal(context.account, account)
      assert.not(context.asksPerson)
    },
  )

  test('reauth :: a person is not heard while the source is asked', () => {
    assert.not(at('reauth').can({ type: 'credentials.submit', account }))
  })

  edge(
    test,
    'reauth · install.cancel → rolledBack',
    at('reauth'),
    { type: 'install.cancel' },
    ({ context }) => assert.is(context.failure?.state, 'reauth'),
  )

  edge(
    test,
    'reauth · after(reauthTimeout) → rolledBack',
    at('reauth, asking a person'),
    after('reauthTimeout', 'reauth'),
    ({ context }) => {
      assert.is(context.failure?.code, 'timed-out')
      assert.is(context.failure?.state, 'reauth')
    },
  )
})
