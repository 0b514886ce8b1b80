import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import {
  after,
  asPlanned,
  at,
  cancel,
  done,
  edge,
  failed,
  oldDisabled,
} from '../../support/upgradeChart.ts'

suite('configuring', (test) => {
  const configured = { ...asPlanned, enabled: false }

  edge(
    test,
    'configuring · done(configurePlugin) [wasEnabled] → enabling',
    at('configuring'),
    done('configurePlugin', configured),
    ({ context }) => {
      assert.equal(context.now, configured)
      assert.is(context.enable, 'unknown')
    },
  )

  edge(
    test,
    'configuring · done(configurePlugin) → proving',
    at('configuring', {}, oldDisabled),
    done('configurePlugin', configured),
    ({ context }) => {
      assert.equal(context.now, configured)
      assert.is(context.enable, 'none')
    },
  )

  edge(
    test,
    'configuring · error(configurePlugin) → rollingBack',
    at('configuring'),
    failed('configurePlugin', 'set-failed', { status: 500 }),
    ({ context }) => {
      assert.is(context.failure?.code, 'set-failed')
      assert.is(context.failure?.state, 'configuring')
    },
  )

  edge(
    test,
    'configuring · upgrade.cancel → rollingBack',
    at('configuring'),
    cancel,
    ({ context }) => assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'configuring · after(configuringTimeout) → rollingBack',
    at('configuring'),
    after('configuringTimeout', 'configuring'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
