import * as assert from 'uvu/assert'
import {
  makeUpgradeSnapshot,
  readUpgradeSnapshot,
} from '../../../machines/plugin-upgrade/snapshot.ts'
import { suite } from '../../support/suite.ts'
import { at, begin, cancel, old, send, upgradeInput } from '../../support/upgradeChart.ts'

suite('makeUpgradeSnapshot', (test) => {
  test('a run in the middle :: is all that another process needs, as plain JSON', () => {
    const from = at('rollingBack.returning')
    const snapshot = makeUpgradeSnapshot(from)
    const { timeouts: _, ...input } = upgradeInput()
    const { phase, before, resolved, consent, copy, plan, failure } = from.context
    assert.equal(snapshot, {
      machine: 'pluginUpgrade',
      version: 1,
      state: 'rollingBack.returning',
      name: old.name,
      input,
      run: { phase, before, resolved, consent, copy, plan, failure },
    })
    assert.equal(readUpgradeSnapshot(JSON.parse(JSON.stringify(snapshot))), snapshot)
  })

  test('a run that has just begun :: has no name, no parts and no outcome', () => {
    const { name, run, outcome, input } = makeUpgradeSnapshot(
      begin({ resumed: { phase: 'untouched' } }),
    )
    assert.equal([name, run, outcome], [undefined, { phase: 'untouched' }, undefined])
    assert.not('resumed' in input)
  })

  test('a run that has ended :: tells how', () => {
    const { outcome } = makeUpgradeSnapshot(send(at('resolving'), cancel))
    assert.is(outcome?.state, 'rolledBack')
  })
})

suite('readUpgradeSnapshot', (test) => {
  const good = JSON.parse(JSON.stringify(makeUpgradeSnapshot(at('disabling'))))

  for (const phase of ['untouched', 'staging', 'disabling', 'swapping']) {
    test(`a whole one, left while it was ${phase} :: is read`, () => {
      const value = { ...good, run: { ...good.run, phase } }
      assert.is(readUpgradeSnapshot(value), value)
    })
  }

  for (const [value, words] of [
    [null, 'this is no snapshot of an upgrade'],
    [[], 'this is no snapshot of an upgrade'],
    ['text', 'this is no snapshot of an upgrade'],
    [{ version: 1 }, 'this is no snapshot of an upgrade'],
    [{ ...good, version: 2 }, 'this is a snapshot of version 2, and not of version 1'],
  ] as const) {
    test(`${JSON.stringify(value)?.slice(0, 40)} :: ${words}`, () => {
      assert.throws(
        () => readUpgradeSnapshot(value),
        (error: Error) => error.message === words,
      )
    })
  }

  for (const [what, damaged] of [
    ['no input', { ...good, input: undefined }],
    ['a list for its input', { ...good, input: [] }],
    ['no name', { ...good, input: { ...good.input, name: 1 } }],
    ['no name of a copy', { ...good, input: { ...good.input, copyName: undefined } }],
    [
      'the name of another plugin as its copy',
      { ...good, input: { ...good.input, copyName: 'acme/notes:1.0' } },
    ],
    ['no settings', { ...good, input: { ...good.input, settings: {} } }],
    ['no run', { ...good, run: null }],
    ['an unknown phase', { ...good, run: { ...good.run, phase: 'late' } }],
    ...['before', 'resolved', 'consent', 'copy', 'plan'].map(
      (part) => [`no ${part}`, { ...good, run: { ...good.run, [part]: undefined } }] as const,
    ),
    ['a list for its plan', { ...good, run: { ...good.run, plan: [] } }],
    ['a text for its plan', { ...good, run: { ...good.run, phase: 'swapping', plan: 'x' } }],
  ] as const) {
    test(`${what} :: it is damaged`, () => {
      assert.throws(() => readUpgradeSnapshot(damaged), /^the snapshot is damaged$/)
    })
  }

  test('of a run that has changed nothing :: needs no parts', () => {
    for (const phase of ['untouched', 'staging']) {
      const value = { ...good, run: { phase } }
      assert.is(readUpgradeSnapshot(value), value)
    }
  })
})
