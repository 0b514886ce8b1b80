import * as assert from 'uvu/assert'
import { item } from '../../../machines/plugin-upgrade/effect.ts'
import { upgradeOutput } from '../../../machines/plugin-upgrade/outcome.ts'
import { suite } from '../../support/suite.ts'
import {
  asPlanned,
  at,
  begin,
  cancel,
  done,
  failed,
  old,
  resolved,
  send,
} from '../../support/upgradeChart.ts'

suite('the outcome of an upgrade', (test) => {
  test('one that has read nothing :: nothing was changed, and nothing stays behind', () => {
    const { output } = send(begin(), cancel)
    assert.ok(output?.state === 'rolledBack')
    assert.equal([output.changed, output.remnants], [false, []])
  })

  test('one that is taken up again and cannot be read :: the same', () => {
    const left = begin({ resumed: { phase: 'staging', before: old, resolved } })
    const ended = send(left, failed('readPlugin', 'engine-unreachable'), done('removeCopy'))
    assert.ok(ended.output?.state === 'rolledBack')
    assert.equal([ended.output.changed, ended.output.remnants], [false, []])
  })

  test('remnants :: the variables that the old version does not have, and no value that differs', () => {
    const { context } = send(begin(), cancel)
    const changed = old.effect.map(({ kind, name }) => item(kind, name, 'changed'))
    const now = { ...old, effect: [...changed, item('env', 'NEW', 'x')] }
    const output = upgradeOutput({ context: { ...context, before: old, now } })
    assert.ok(output.state === 'rolledBack')
    assert.equal(output.remnants, ['NEW'])
  })

  test('without a reference :: that which the plugin came from', () => {
    const reference = undefined as unknown as string
    const ended = send(at('cleaning', { reference }), done('removeCopy'))
    assert.ok(ended.output?.state === 'done')
    assert.is(ended.output.plugin.reference, old.reference)
    assert.is(ended.output.plugin.id, asPlanned.id)
  })
})
