import * as assert from 'uvu/assert'
import { makeFailure } from '../../../../machines/failure.ts'
import { makeUpgradeSnapshot } from '../../../../machines/plugin-upgrade/snapshot.ts'
import type { UpgradeOutput } from '../../../../machines/plugin-upgrade/types.ts'
import {
  upgradeOutcomeJson,
  upgradeOutcomeLines,
  upgradeWhenLeft,
} from '../../../../src/command/upgrade/upgradeOutcome.ts'
import { suite } from '../../../support/suite.ts'
import {
  at,
  begin,
  cancel,
  copy,
  done,
  failed,
  oldDisabled,
  send,
} from '../../../support/upgradeChart.ts'

const failure = makeFailure('enable-failed', 'enabling')
const leftover = { name: 'plugin-flow/upgrade-1:latest', command: 'plugin-flow rm --force it' }
const stranded = {
  state: 'stranded',
  failure,
  reason: 'the registry is gone',
  name: 'acme/probe:1.0',
  version: 'new',
  commands: ['plugin-flow upgrade a b', 'plugin-flow enable a'],
  leftover,
} satisfies UpgradeOutput
const remote = { host: 'tcp://10.0.0.1:2375' }

suite('the end of an upgrade', (test) => {
  test('stranded :: what is there, the run to roll back, and what mends it by hand', () => {
    const { stderr } = upgradeOutcomeLines({ ...stranded, run: 'a1' }, remote)
    const text = stderr.join('\n')
    assert.match(text, 'acme/probe:1.0 is the new version now (the registry is gone)')
    assert.match(text, 'to try the way back again: plugin-flow rollback a1')
    assert.match(text, 'to mend it by hand: plugin-flow')
    assert.match(text, 'the copy plugin-flow/upgrade-1:latest may be left; to remove it:')
    assert.is(text.split('tcp://10.0.0.1:2375').length, 4, text)
  })

  test('stranded with nothing to mend :: no commands, and no run', () => {
    const { leftover: _, ...rest } = stranded
    const text = upgradeOutcomeLines({ ...rest, version: 'old', commands: [] }, {}).stderr.join()
    assert.match(text, 'is the old version, but not as it was')
    assert.not.match(text, /to mend|to try|may be left/)
  })

  test('rolled back by wish :: on stdout, with what stays', () => {
    const remnants = ['LEVEL']
    const outcome = { state: 'rolledBack', failure, changed: true, remnants } as const
    const { stdout, stderr } = upgradeOutcomeLines(outcome, { rollBack: true })
    assert.equal(stdout, ['rolled back: the old version is back, as it was'])
    assert.match(stderr.join(), 'LEVEL of the new version stays in the settings')
  })

  test('for programs :: every command names the engine, and no value that was given is there', () => {
    const told = JSON.stringify(upgradeOutcomeJson(stranded, remote))
    assert.is(told.split('tcp://10.0.0.1:2375').length, 4, told)
    const ended = send(at('cleaning'), failed('removeCopy', 'engine-unreachable'))
    assert.ok(ended.output)
    const json = JSON.stringify(upgradeOutcomeJson(ended.output, remote))
    assert.match(json, '"state":"done"')
    assert.match(json, `plugin-flow rm --host ${remote.host} --force ${copy.name}`)
  })
})

suite('an upgrade that is left', (test) => {
  const left = (state: string) => upgradeWhenLeft(makeUpgradeSnapshot(at(state)))

  test('before anything was asked of the engine :: nothing was changed', () => {
    const outcome = upgradeWhenLeft(makeUpgradeSnapshot(begin()))
    assert.equal(outcome, {
      state: 'rolledBack',
      failure: makeFailure('cancelled', 'reading'),
      changed: false,
      remnants: [],
    })
  })

  for (const [state, version] of [
    ['staging', 'old'],
    ['disabling', 'old'],
    ['upgrading', 'unknown'],
    ['rollingBack.returning', 'unknown'],
  ] as const) {
    test(`while it was ${state} :: what is there, and how to look`, () => {
      const outcome = left(state)
      assert.ok(outcome.state === 'stranded')
      assert.equal(
        [outcome.version, outcome.name, outcome.commands],
        [version, 'acme/probe:1.0', ['plugin-flow inspect acme/probe:1.0']],
      )
      const isBack = state.startsWith('rollingBack')
      assert.is(outcome.failure.code, isBack ? 'set-failed' : 'cancelled')
    })
  }

  test('of a run whose plugin was not read :: by the name that was given', () => {
    const snapshot = makeUpgradeSnapshot(begin({ resumed: { phase: 'staging' } }))
    const outcome = upgradeWhenLeft(snapshot)
    assert.is(outcome.state === 'stranded' && outcome.name, 'acme/probe')
  })

  test('once it has ended :: as it ended', () => {
    const ended = send(at('resolving'), cancel)
    assert.is(upgradeWhenLeft(makeUpgradeSnapshot(ended)), ended.output)
    const disabled = send(begin(), done('readPlugin', { plugin: oldDisabled }), cancel)
    assert.is(upgradeWhenLeft(makeUpgradeSnapshot(disabled)).state, 'rolledBack')
  })
})
