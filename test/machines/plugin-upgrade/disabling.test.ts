import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { after, at, cancel, done, edge, failed } from '../../support/upgradeChart.ts'

suite('disabling', (test) => {
  edge(
    test,
    'disabling · done(disablePlugin) → upgrading',
    at('disabling'),
    done('disablePlugin'),
    ({ context }) => assert.equal([context.phase, context.swap], ['swapping', 'unknown']),
  )

  edge(
    test,
    'disabling · error(disablePlugin) → rollingBack',
    at('disabling'),
    failed('disablePlugin', 'in-use', { status: 409 }),
    ({ context, value }) => {
      assert.is(context.failure?.code, 'in-use')
      assert.is(context.failure?.state, 'disabling')
      assert.equal(value, { rollingBack: 'enabling' })
    },
  )

  edge(test, 'disabling · upgrade.cancel → rollingBack', at('disabling'), cancel, ({ context }) =>
    assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'disabling · after(disablingTimeout) → rollingBack',
    at('disabling'),
    after('disablingTimeout', 'disabling'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
