import * as assert from 'uvu/assert'
import { initialTransition } from 'xstate'
import { makeFailure } from '../../../machines/failure.ts'
import { pluginUpgradeMachine } from '../../../machines/plugin-upgrade/pluginUpgradeMachine.ts'
import { suite } from '../../support/suite.ts'
import {
  after,
  at,
  begin,
  cancel,
  copy,
  done,
  edge,
  failed,
  leftWhile,
  old,
  oldDisabled,
  other,
  send,
  swapped,
  upgradeInput,
} from '../../support/upgradeChart.ts'

suite('reading', (test) => {
  const resumed = (...[phase, failure]: Parameters<typeof leftWhile>) =>
    begin({ resumed: leftWhile(phase, failure) })

  edge(
    test,
    'reading · done(readPlugin) → resolving',
    begin(),
    done('readPlugin', { plugin: old }),
    ({ context }) => {
      assert.equal([context.before, context.now], [old, old])
      assert.equal(context.names, {
        remote: 'docker.io/acme/probe:2.0',
        name: 'acme/probe:1.0',
        registry: 'docker.io',
      })
    },
  )

  test('reading :: an invalid reference has no names', () => {
    const { context } = send(begin({ reference: 'NO' }), done('readPlugin', { plugin: old }))
    assert.not('names' in context)
  })

  test('reading :: without a reference the plugin comes from where it came from', () => {
    const { reference: _, ...input } = upgradeInput()
    const [start] = initialTransition(pluginUpgradeMachine, input)
    const { context } = send(start, done('readPlugin', { plugin: old }))
    assert.is(context.names?.remote, 'docker.io/acme/probe:1.0')
  })

  edge(
    test,
    'reading · done(readPlugin) [wasGoingBack] → rollingBack',
    resumed('swapping', makeFailure('cancelled', 'enabling')),
    done('readPlugin', { plugin: swapped }),
    ({ context, value }) => {
      assert.equal(value, { rollingBack: 'quiescing' })
      assert.is(context.failure?.state, 'enabling')
      assert.equal([context.before, context.now], [old, swapped])
    },
  )

  edge(
    test,
    'reading · done(readPlugin) [isSwapped] → configuring',
    resumed('swapping'),
    done('readPlugin', { plugin: swapped, copy: { ...copy, enabled: true } }),
    ({ context }) => {
      assert.equal([context.before, context.now], [old, swapped])
      assert.is(context.copy?.enabled, true)
      assert.equal([context.enable, context.swap], ['unknown', 'unknown'])
    },
  )

  edge(
    test,
    'reading · done(readPlugin) [isToBeSwapped] → disabling',
    resumed('disabling'),
    done('readPlugin', { plugin: oldDisabled }),
    ({ context, value }) => {
      assert.is(value, 'disabling')
      assert.equal([context.before, context.now], [old, oldDisabled])
      assert.equal([context.enable, context.swap, context.phase], ['none', 'none', 'disabling'])
    },
  )

  test('reading :: a new version that this run has not put there is not its own', () => {
    const { value } = send(resumed('disabling'), done('readPlugin', { plugin: swapped }))
    assert.equal(value, { rollingBack: 'looking' })
  })

  test('reading :: a run that has not begun to change it reads it anew', () => {
    const resumedRun = { phase: 'staging', before: other } as const
    const from = begin({ resumed: resumedRun })
    const { context, value } = send(from, done('readPlugin', { plugin: old }))
    assert.is(value, 'resolving')
    assert.equal(context.before, old)
  })

  edge(
    test,
    'reading · done(readPlugin) [isOthersWork] → rollingBack.looking',
    resumed('swapping'),
    done('readPlugin', { plugin: other }),
    ({ context }) => {
      assert.is(context.failure?.code, 'changed-by-others')
      assert.match(context.stranded ?? '', 'another client has changed the plugin since')
      assert.equal(context.now, other)
    },
  )

  edge(
    test,
    'reading · error(readPlugin) → rollingBack',
    at('reading'),
    failed('readPlugin', 'plugin-missing', {}),
    ({ context, value }) => {
      assert.is(context.failure?.code, 'plugin-missing')
      assert.is(context.failure?.state, 'reading')
      assert.is(value, 'rolledBack')
    },
  )

  edge(test, 'reading · upgrade.cancel → rollingBack', begin(), cancel, ({ context }) =>
    assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'reading · after(readingTimeout) → rollingBack',
    begin(),
    after('readingTimeout', 'reading'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
