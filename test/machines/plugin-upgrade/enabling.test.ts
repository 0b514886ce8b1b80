import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import { suite } from '../../support/suite.ts'
import {
  after,
  asPlanned,
  at,
  cancel,
  done,
  edge,
  failed,
  old,
  send,
} from '../../support/upgradeChart.ts'

suite('enabling', (test) => {
  edge(test, 'enabling · done(enablePlugin) → proving', at('enabling'), done('enablePlugin'))

  edge(
    test,
    'enabling · error(enablePlugin) → rollingBack',
    at('enabling'),
    failed('enablePlugin', 'plugin-did-not-listen', { status: 500 }),
    ({ context, value }) => {
      assert.is(context.failure?.code, 'plugin-did-not-listen')
      assert.is(context.failure?.state, 'enabling')
      assert.equal(value, { rollingBack: 'quiescing' })
      assert.is(context.enable, 'refused')
    },
  )

  test('enabling :: an enable that was not refused may still be carried out', () => {
    for (const [code, details] of [
      ['engine-unreachable', {}],
      ['disk-full', { status: 500 }],
    ] as const) {
      const { context } = send(at('enabling'), failed('enablePlugin', code, details))
      assert.is(context.enable, 'unknown', code)
    }
  })

  test('enabling :: a failure names the plugin, not its id', () => {
    const from = send(
      at('configuring'),
      done('configurePlugin', { ...asPlanned, id: '9'.repeat(64) }),
    )
    for (const id of [old.id, '9'.repeat(64)]) {
      const text = `/run/${id}/p.sock of ${id}`
      const error = new EngineError('enable-failed', text)
      const event = {
        type: 'xstate.error.actor.enablePlugin',
        actorId: 'enablePlugin',
        error,
      } as const
      assert.is(send(from, event).context.failure?.message, `/run/${id}/p.sock of acme/probe:1.0`)
    }
  })

  edge(test, 'enabling · upgrade.cancel → rollingBack', at('enabling'), cancel, ({ context }) =>
    assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'enabling · after(enablingTimeout) → rollingBack',
    at('enabling'),
    after('enablingTimeout', 'enabling'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
