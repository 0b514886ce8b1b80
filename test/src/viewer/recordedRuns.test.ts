import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { pluginInstallLayout } from '../../../src/chart/layouts/pluginInstall.generated.ts'
import { readRun } from '../../../src/events/readRun.ts'
import { arrowsOf, runAt } from '../../../src/viewer/runAt.ts'
import { suite } from '../../support/suite.ts'

const folder = join(import.meta.dirname, '../../../docs/runs')
const ends: Readonly<Record<string, RegExp>> = {
  'denied.json': /^consent-denied$/,
  'reauth.json': /^done$/,
  'rollback.json': /^plugin-did-not-listen$/,
  'success.json': /^done$/,
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

  for (const [name, end] of Object.entries(ends)) {
    test(`${name} :: every transition is one of the chart, and it ends as it is called`, () => {
      const text = readFileSync(join(folder, name), 'utf8')
      assert.not.match(text, /mistyped|password/)
      const events = readRun(JSON.parse(text))
      const { transitions, outcome: reached } = runAt(events, events.length)
      for (const transition of transitions.slice(1)) {
        assert.ok(arrowsOf(pluginInstallLayout, transition).length > 0, JSON.stringify(transition))
      }
      const { outcome } = reached ?? {}
      assert.match(
        outcome?.state === 'rolledBack' ? outcome.failure.code : String(outcome?.state),
        end,
      )
    })
  }
})
