import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { begin, done, failed, old, send } from '../../support/upgradeChart.ts'

suite('updates', (test) => {
  test('a plugin without a copy :: has none, not even as undefined', () => {
    assert.not('copy' in send(begin(), done('readPlugin', { plugin: old })).context)
  })

  test('an error before the plugin is known :: keeps its words', () => {
    const { context } = send(begin(), failed('readPlugin', 'plugin-missing'))
    assert.is(context.failure?.message, 'the sample of plugin-missing')
  })
})
