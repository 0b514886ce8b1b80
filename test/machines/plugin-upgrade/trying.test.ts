import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { after, at, cancel, done, edge, failed, oldDisabled } from '../../support/upgradeChart.ts'

suite('trying', (test) => {
  edge(
    test,
    'trying · done(tryCopy) [wasEnabled] → disabling',
    at('trying'),
    done('tryCopy'),
    ({ context }) => assert.is(context.phase, 'disabling'),
  )

  edge(
    test,
    'trying · done(tryCopy) → upgrading',
    at('trying', {}, oldDisabled),
    done('tryCopy'),
    ({ context }) => assert.equal([context.phase, context.swap], ['swapping', 'unknown']),
  )

  edge(
    test,
    'trying · error(tryCopy) → rollingBack',
    at('trying'),
    failed('tryCopy', 'enable-failed', { status: 500 }),
    ({ context, value }) => {
      assert.is(context.failure?.code, 'enable-failed')
      assert.is(context.failure?.state, 'trying')
      assert.equal(value, { rollingBack: 'cleaning' })
    },
  )

  edge(test, 'trying · upgrade.cancel → rollingBack', at('trying'), cancel, ({ context }) =>
    assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'trying · after(tryingTimeout) → rollingBack',
    at('trying'),
    after('tryingTimeout', 'trying'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
