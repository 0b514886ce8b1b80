import * as assert from 'uvu/assert'
import type { PlanEntry } from '../../../machines/plugin-upgrade/planUpgrade.ts'
import { entryText, usesTexts, wayBackText } from '../../../src/privileges/upgradeText.ts'
import { suite } from '../../support/suite.ts'
import { entries } from '../events/upgradeSamples.ts'

suite('the fate of a setting, in words', (test) => {
  test('each fate, with its values', () => {
    assert.equal(entries.map(entryText), [
      'variable ASKED: set as asked',
      'variable KEPT: its value 1 stays in effect',
      'variable SETAGAIN: its value 1 is set again',
      'variable NEWDEFAULT: set to the default of the new version, 2',
      'variable REVERTS: its value 1 is dropped and cannot be set any more; in effect is 2',
      'variable LOST: its value 1 is dropped, for the new version has no such setting',
      'variable ONLYBYREPLACING: the value of the new version, 2, can only be had by replacing the plugin (--mode replace)',
      'device STAYS: its value 1 stays in effect, although the new version no longer has it',
    ])
  })

  test('a value that is not known, an empty one, and arguments, which have no name', () => {
    const entry: PlanEntry = { kind: 'args', name: 'args', fate: 'reverts' }
    const dropped = 'is dropped and cannot be set any more'
    assert.is(entryText(entry), `arguments: its value ${dropped}`)
    assert.is(
      entryText({ ...entry, from: '', to: '' }),
      `arguments: its value "" ${dropped}; in effect is ""`,
    )
    assert.is(
      entryText({ ...entry, fate: 'newDefault' }),
      'arguments: set to the default of the new version',
    )
    assert.match(entryText({ ...entry, kind: 'mount', name: 'a b' }), /^mount "a b":/)
    assert.match(
      entryText({ ...entry, fate: 'onlyByReplacing' }),
      'the value of the new version can only be had',
    )
  })
})

suite('the other lines of the question before an upgrade', (test) => {
  test('a way back, or none', () => {
    assert.is(
      wayBackText({ remote: 'a:1' }),
      'If the upgrade fails, the old version comes back from a:1.',
    )
    assert.is(wayBackText({ none: 'gone' }), 'There is no way back to the old version: gone.')
  })

  test('uses of the plugin, or that they are not known', () => {
    assert.equal(usesTexts({}), ['The engine does not tell whether the plugin is in use.'])
    const uses = { containers: ['web', 'a b'], volumes: ['data'], networks: ['net'] }
    assert.equal(usesTexts({ uses }), [
      'Containers that use it: web, "a b".',
      'Its volumes: data.',
      'Its networks: net.',
    ])
    assert.equal(usesTexts({ uses: { containers: [], volumes: [], networks: [] } }), [])
  })
})
