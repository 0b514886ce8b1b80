import * as assert from 'uvu/assert'
import type { UpgradeEvent } from '../../../machines/plugin-upgrade/events.ts'
import { digest } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { at, begin, copy, done, old, resolved, send } from '../../support/upgradeChart.ts'

suite('guards', (test) => {
  test('a run that was pulling its copy :: is looked up again, however the plugin is', () => {
    const left = begin({ resumed: { phase: 'staging', before: old, resolved } })
    assert.is(send(left, done('readPlugin', { plugin: old })).value, 'resolving')
  })

  test('an error of the host with the same code :: asks for no credentials', () => {
    const error = Object.assign(new Error('a fault'), { code: 'unauthorized' })
    for (const thrown of [error, undefined]) {
      const type = 'xstate.error.actor.resolveVersions'
      const event = { type, error: thrown, actorId: 'resolveVersions' } as UpgradeEvent
      assert.is(send(at('resolving'), event).value, 'rolledBack')
    }
  })

  test('a plan with nothing to agree to :: is not asked about', () => {
    const asksNothing = { ...resolved, privileges: [] }
    const sameButNewer = { ...copy, config: { ...old.config, Description: 'newer' } }
    const planned = send(
      begin(),
      done('readPlugin', { plugin: old }),
      done('resolveVersions', asksNothing),
      done('stageCopy', { copy: sameButNewer, digest }),
    )
    assert.equal(planned.context.plan?.entries, [])
    assert.is(planned.value, 'disabling')
  })
})
