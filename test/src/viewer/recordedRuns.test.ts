import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { layouts } from '../../../src/chart/layouts.generated.ts'
import type { OutcomeReached } from '../../../src/events/flowEvent.ts'
import { readRun } from '../../../src/events/readRun.ts'
import { arrowsOf, runAt } from '../../../src/viewer/runAt.ts'
import { suite } from '../../support/suite.ts'

const folder = join(import.meta.dirname, '../../../docs/runs')
/** How each of them ends, and the questions that are asked in it. */
const ends: Readonly<Record<string, [end: string, questions: number]>> = {
  'denied.json': ['rolledBack: consent-denied', 1],
  'reauth.json': ['done', 1],
  'replaced.json': ['done: replace', 2],
  'rollback.json': ['rolledBack: plugin-did-not-listen', 0],
  'stranded.json': ['stranded: plugin-did-not-listen, new', 2],
  'success.json': ['done', 1],
  'upgraded.json': ['done: inPlace', 2],
  'went-back.json': ['rolledBack: plugin-did-not-listen', 2],
}

suite('recorded runs', (test) => {
  test('each of them is tested', () => {
    assert.equal(
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort(),
      Object.keys(ends),
    )
  })

  for (const [name, [end, questions]] of Object.entries(ends)) {
    test(`${name} :: every transition is one of the chart, and it ends as it is called`, () => {
      const text = readFileSync(join(folder, name), 'utf8')
      assert.not.match(text, /mistyped|password|LEVEL=|DEBUG=/)
      const events = readRun(JSON.parse(text))
      const { flow, transitions, outcome } = runAt(events, events.length)
      const layout = layouts.get(flow?.machine ?? '')
      assert.ok(layout)
      for (const transition of transitions.slice(1)) {
        assert.ok(arrowsOf(layout, transition).length > 0, JSON.stringify(transition))
      }
      assert.is(endOf(outcome), end)
      assert.is(events.filter(({ type }) => type === 'consent').length, questions)
    })
  }
})

function endOf(reached: OutcomeReached | undefined): string {
  assert.ok(reached)
  const { outcome } = reached
  if (outcome.state === 'done') {
    return 'mode' in outcome.plugin ? `done: ${outcome.plugin.mode}` : 'done'
  }
  const version = outcome.state === 'stranded' ? `, ${outcome.version}` : ''
  return `${outcome.state}: ${outcome.failure.code}${version}`
}
