import * as assert from 'uvu/assert'
import { after, at, done, failed } from '../../support/chart.ts'
import { edge } from '../../support/edges.ts'
import { parsed, samplePlugin } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const configured = samplePlugin({
  Settings: { Args: [], Devices: [], Env: ['DEBUG=1'], Mounts: [] },
})

suite('configuring', (test) => {
  edge(
    test,
    'configuring · done(pluginSet) → enabling',
    at('configuring'),
    done('pluginSet', configured),
    ({ context }) => {
      assert.ok(context.enableRequested)
      assert.equal(context.plugin, configured, 'it is enabled as it was seen after the set')
    },
  )

  edge(
    test,
    'configuring · done(pluginSet) [staysDisabled] → done',
    at('configuring', { disabled: true }),
    done('pluginSet', configured),
    ({ output, context }) => {
      assert.equal(context.plugin, configured)
      assert.is(output?.state, 'done')
      if (output?.state === 'done') assert.equal(output.plugin.settings, parsed('DEBUG=1'))
    },
  )

  edge(
    test,
    'configuring · error(pluginSet) → rollingBack',
    at('configuring'),
    failed('pluginSet', 'unknown-setting'),
    ({ context }) => {
      assert.is(context.failure?.code, 'unknown-setting')
      assert.is(context.failure?.state, 'configuring')
      assert.is(context.ownership, 'created')
      assert.not(context.enableRequested)
    },
  )

  edge(
    test,
    'configuring · install.cancel → rollingBack',
    at('configuring'),
    { type: 'install.cancel' },
    ({ context }) => assert.is(context.failure?.state, 'configuring'),
  )

  edge(
    test,
    'configuring · after(configuringTimeout) → rollingBack',
    at('configuring'),
    after('configuringTimeout', 'configuring'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
