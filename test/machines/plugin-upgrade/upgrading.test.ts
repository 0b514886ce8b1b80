import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { after, at, cancel, done, edge, failed, send } from '../../support/upgradeChart.ts'

suite('upgrading', (test) => {
  edge(
    test,
    'upgrading · done(swapPlugin) → verifying',
    at('upgrading'),
    done('swapPlugin'),
    ({ context }) => assert.is(context.swap, 'ended'),
  )

  edge(
    test,
    'upgrading · error(swapPlugin) → rollingBack',
    at('upgrading'),
    failed('swapPlugin', 'registry-unreachable', { status: 500 }),
    ({ context, value }) => {
      assert.is(context.failure?.code, 'registry-unreachable')
      assert.is(context.failure?.state, 'upgrading')
      assert.equal(value, { rollingBack: 'quiescing' })
      assert.is(context.swap, 'refused')
    },
  )

  test('upgrading :: what was cut, and the second half of a replacement, may have been carried out', () => {
    const cut = send(at('upgrading'), failed('swapPlugin', 'engine-unreachable'))
    assert.is(cut.context.swap, 'unknown')
    const refused = failed('swapPlugin', 'registry-unreachable', { status: 500 })
    const { context } = send(at('upgrading', { mode: 'replace' }), refused)
    assert.equal([context.swap, context.failure?.state], ['unknown', 'upgrading'])
  })

  edge(test, 'upgrading · upgrade.cancel → rollingBack', at('upgrading'), cancel, ({ context }) =>
    assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'upgrading · after(upgradingTimeout) → rollingBack',
    at('upgrading'),
    after('upgradingTimeout', 'upgrading'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
