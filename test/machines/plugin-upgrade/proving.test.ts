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
  old,
  other,
  send,
} from '../../support/upgradeChart.ts'

suite('proving', (test) => {
  edge(
    test,
    'proving · done(inspectPlugin) [isAsPlanned] → cleaning',
    at('proving'),
    done('inspectPlugin', asPlanned),
    ({ context }) => assert.equal(context.now, asPlanned),
  )

  edge(
    test,
    'proving · done(inspectPlugin) → rollingBack',
    at('proving'),
    done('inspectPlugin', { ...asPlanned, effect: old.effect }),
    ({ context, value }) => {
      assert.equal(value, { rollingBack: 'quiescing' })
      assert.is(context.failure?.code, 'not-in-effect')
      assert.equal(context.now, { ...asPlanned, effect: old.effect })
    },
  )

  test('proving :: content, effect and whether it runs are as planned, or it goes back', () => {
    for (const unlike of [{ enabled: false }, { config: other.config }]) {
      const { value } = send(at('proving'), done('inspectPlugin', { ...asPlanned, ...unlike }))
      assert.equal(value, { rollingBack: 'quiescing' })
    }
  })

  test('proving :: the value of a secret is not the machine’s to prove', () => {
    const settings = [{ name: 'LEVEL', secret: true }] as const
    const from = at('configuring', { settings })
    const hidden = asPlanned.effect.map((one) =>
      one.name === 'LEVEL' ? { ...one, mark: 'hidden' } : one,
    )
    const proving = send(from, done('configurePlugin', asPlanned), done('enablePlugin'))
    const next = send(proving, done('inspectPlugin', { ...asPlanned, effect: hidden }))
    assert.is(next.value, 'cleaning')
  })

  edge(
    test,
    'proving · error(inspectPlugin) → rollingBack',
    at('proving'),
    failed('inspectPlugin', 'engine-unreachable', {}),
    ({ context }) => {
      assert.is(context.failure?.code, 'engine-unreachable')
      assert.is(context.failure?.state, 'proving')
    },
  )

  edge(test, 'proving · upgrade.cancel → rollingBack', at('proving'), cancel, ({ context }) =>
    assert.is(context.failure?.code, 'cancelled'),
  )

  edge(
    test,
    'proving · after(provingTimeout) → rollingBack',
    at('proving'),
    after('provingTimeout', 'proving'),
    ({ context }) => assert.is(context.failure?.code, 'timed-out'),
  )
})
