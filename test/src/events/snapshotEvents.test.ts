import * as assert from 'uvu/assert'
import { readRun, recordRun } from '../../../src/events/readRun.ts'
import { snapshotEvents } from '../../../src/events/snapshotEvents.ts'
import { upgradePlugin } from '../../../src/flow/upgrade.ts'
import { runAt } from '../../../src/viewer/runAt.ts'
import { onStage } from '../../support/embedded.ts'
import { suite } from '../../support/suite.ts'
import { OLD, onUpgradeStage } from '../../support/upgradeStage.ts'

suite('snapshotEvents', (test) => {
  test('a flow at work, and one that has ended :: a run that can be shown', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference: 'vieux/sshfs', settings: ['DEBUG=planted-31bd'] })
      flow.consent$.subscribe((request) => flow.grant(request))
      const atWork = snapshotEvents(flow.snapshot(), 7)
      assert.is(atWork.length, 2)
      await flow.result
      const events = readRun(recordRun(snapshotEvents(flow.snapshot(), 8, { engine: 'here' })))
      const run = runAt(events, events.length)
      assert.equal(
        [run.flow?.reference, run.flow?.engine, run.transitions.at(-1)?.to, run.at],
        ['vieux/sshfs', 'here', 'done', 8],
      )
      assert.is(run.outcome?.outcome.state, 'done')
      assert.not.match(JSON.stringify(events), 'planted-31bd')
    }))

  test('an upgrade', () =>
    onUpgradeStage(async ({ engine }) => {
      const flow = upgradePlugin(engine, { name: OLD, reference: 'acme/notes:2.0' })
      flow.consent$.subscribe((request) => flow.grant(request))
      await flow.result
      const events = readRun(recordRun(snapshotEvents(flow.snapshot(), 8)))
      const run = runAt(events, events.length)
      assert.is(run.flow?.machine, 'pluginUpgrade')
      assert.is(run.outcome?.outcome.state, 'done')
    }))
})
