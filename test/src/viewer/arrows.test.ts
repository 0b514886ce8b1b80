import * as assert from 'uvu/assert'
import { layouts } from '../../../src/chart/layouts.generated.ts'
import type { TransitionTaken } from '../../../src/events/flowEvent.ts'
import { arrowsOf, moodOf } from '../../../src/viewer/runAt.ts'
import { suite } from '../../support/suite.ts'

/** `staging → planning → cleaning`. */
function way(machine: string, from: string | undefined, event: string, to: string): string {
  const layout = layouts.get(machine)
  assert.ok(layout)
  const taken = { type: 'transition', sequence: 1, at: 1, to, event } as const
  const transition: TransitionTaken = from === undefined ? taken : { ...taken, from }
  const arrows = arrowsOf(layout, transition)
  return [arrows[0]?.from, ...arrows.map((arrow) => arrow.to)].join(' → ')
}

suite('the arrows that a transition took', (test) => {
  test('one, by its event', () => {
    assert.is(way('pluginInstall', 'enabling', 'done(pluginEnable)', 'done'), 'enabling → done')
    assert.is(
      way('pluginInstall', 'awaitConsent', 'consent.grant', 'pulling.streaming'),
      'awaitConsent → pulling',
    )
  })

  test('of a state that it is in', () => {
    assert.is(
      way('pluginInstall', 'pulling.streaming', 'install.cancel', 'rollingBack'),
      'pulling → rollingBack',
    )
    assert.is(
      way('pluginUpgrade', 'rollingBack.returning', 'after(rollingBackTimeout)', 'stranded'),
      'rollingBack → stranded',
    )
  })

  test('several, through states that are left at once', () => {
    for (const to of ['cleaning', 'awaitConsent', 'disabling', 'upgrading']) {
      assert.is(
        way('pluginUpgrade', 'staging', 'done(stageCopy)', to),
        `staging → planning → ${to}`,
      )
    }
    assert.is(
      way('pluginUpgrade', 'enabling', 'error(enablePlugin)', 'rollingBack.quiescing'),
      'enabling → rollingBack → rollingBack.quiescing',
    )
    assert.is(
      way('pluginUpgrade', 'staging', 'done(stageCopy)', 'rollingBack.cleaning'),
      'staging → rollingBack → rollingBack.cleaning',
    )
    assert.is(
      way('pluginUpgrade', 'awaitConsent', 'consent.grant', 'rollingBack.cleaning'),
      'awaitConsent → planning → rollingBack → rollingBack.cleaning',
    )
  })

  test('of an event that the chart does not name there :: the arrow between the two', () => {
    assert.is(way('pluginInstall', 'enabling', 'later', 'done'), 'enabling → done')
  })

  test('none, for the first state and for one that it cannot reach', () => {
    assert.is(way('pluginInstall', undefined, 'xstate.init', 'checkPrivileges'), '')
    assert.is(way('pluginInstall', 'checkPrivileges', 'later', 'enabling'), '')
    assert.is(way('pluginUpgrade', 'reading', 'done(readPlugin)', 'proving'), '')
  })
})

suite('the mood of a state', (test) => {
  test('the ways back and their ends are bad, in every chart', () => {
    const moods = [...layouts.values()].flatMap(({ states }) =>
      states.flatMap(({ path }) => (moodOf(path) ? [`${path} ${moodOf(path)}`] : [])),
    )
    assert.equal(
      moods.filter((mood) => !mood.startsWith('rollingBack.')),
      [
        'done good',
        'rollingBack bad',
        'rolledBack bad',
        'done good',
        'rollingBack bad',
        'rolledBack bad',
        'stranded bad',
      ],
    )
  })
})
