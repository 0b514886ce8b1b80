import * as assert from 'uvu/assert'
import { arrowLabel, transitionLabel } from '../../../src/chart/arrowLabels.ts'
import { suite } from '../../support/suite.ts'

suite('arrow labels', (test) => {
  const labels = {
    needsConsent: 'asks for privileges',
    'done(lookUp)': 'nothing asked',
    'install.cancel': 'cancelled',
    'consent.grant [asksPerson]': 'granted',
    'a → b': 'led on',
    '→ rolledBack': '',
  }
  const transitions: [transition: string, label: string][] = [
    ['consent.grant [asksPerson]', 'granted'],
    ['done(lookUp) [needsConsent]', 'asks for privileges'],
    ['done(lookUp)', 'nothing asked'],
    ['install.cancel [mayHaveCreated]', 'cancelled'],
    ['error(lookUp) [othersActed]', 'failed'],
    ['after(lookUpTimeout)', 'timed out'],
    ['done(other) [isThereAlready]', 'is there already'],
    ['done(other)', 'done(other)'],
  ]
  for (const [transition, label] of transitions) {
    test(`${transition} :: ${label}`, () => assert.is(transitionLabel(transition, labels), label))
  }

  test('an arrow :: what its transitions mean, or what the chart calls it as a whole', () => {
    const name = (from: string, to: string) =>
      arrowLabel({ from, to }, ['granted', 'cancelled', 'granted'], labels)
    assert.equal(name('b', 'c'), ['granted', 'cancelled'])
    assert.equal(name('a', 'b'), ['led on'])
    assert.equal(name('a', 'rolledBack'), [])
  })
})
