import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import {
  after,
  at,
  cancel,
  done,
  edge,
  failed,
  other,
  swapped,
} from '../../support/upgradeChart.ts'

suite('verifying', (test) => {
  edge(
    test,
    'verifying · done(inspectPlugin) [isOfCopy] → configuring',
    at('verifying'),
    done('inspectPlugin', swapped),
    ({ context }) => assert.equal(context.now, swapped),
  )

  edge(
    test,
    'verifying · done(inspectPlugin) → rollingBack',
    at('verifying'),
    done('inspectPlugin', other),
    ({ context, value }) => {
      assert.equal(value, { rollingBack: 'quiescing' })
      assert.is(context.failure?.code, 'digest-changed')
      assert.equal(context.now, other)
    },
  )

  edge(
    test,
    'verifying · error(inspectPlugin) → rollingBack',
    at('verifying'),
    failed('inspectPlugin', 'engine-unreachable', {}),
    ({ context }) => {
      assert.is(context.failure?.code, 'engine-unreachable')
      assert.is(context.failure?.state, 'verifying')
    },
  )

  edge(test, 'verifying · upgrade.cancel → rollingBack', at('verifying'), cancel, ({ context }) =>
    assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'verifying · after(verifyingTimeout) → rollingBack',
    at('verifying'),
    after('verifyingTimeout', 'verifying'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
