import * as assert from 'uvu/assert'
import type { TargetRecord } from '../../../machines/rollout/records.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import { suite } from '../../support/suite.ts'
import {
  type Fleet,
  failingAt,
  GRANTED,
  ID,
  LOST,
  onTarget,
  REFUSED,
} from '../../support/targetStage.ts'

const PRIVILEGES = [{ Name: 'network', Description: '', Value: ['host'] }]
const { signal } = new AbortController()

suite('undo of a target', (test) => {
  test('a plugin that is gone by now is taken back already', () =>
    onTarget({}, async ({ step, fleet }) => {
      await step()
      const [plugin] = fleet.of(0).plugins()
      await fleet.of(0).engine.call('pluginDisable', { name: plugin?.Id ?? '' }, { signal })
      await fleet.of(0).engine.call('pluginDelete', { name: plugin?.Id ?? '' }, { signal })
      const { state, outcome, after } = await step('undo')
      assert.equal([state, outcome, after], ['undone', 'done', { state: 'absent' }])
      assert.is(fleet.callsOf(0).pluginDelete, undefined)
    }))

  test('a plugin that another client has installed meanwhile is left as it is', () =>
    onTarget({}, async ({ step, fleet }) => {
      await step()
      const { engine } = fleet.of(0)
      const [own] = fleet.of(0).plugins()
      await engine.call('pluginDisable', { name: own?.Id ?? '' }, { signal })
      await engine.call('pluginDelete', { name: own?.Id ?? '' }, { signal })
      await installPlugin(engine, GRANTED).result
      const { state, code, message } = await step('undo')
      assert.equal([state, code], ['undoFailed', 'changed-by-others'])
      assert.match(message ?? '', 'latest is that of another client, and was left as it is')
      assert.is(fleet.enabled(), 1)
      assert.is(fleet.callsOf(0).pluginDelete, undefined)
      const again = await step('undo')
      assert.equal([again.state, again.outcome], ['undoFailed', 'done'])
    }))

  test('an engine that does not answer is a failure of the undo', () =>
    onTarget({}, async ({ step, fleet }) => {
      await step()
      fleet.down.add(0)
      const { state, code, outcome } = await step('undo')
      assert.equal([state, code, outcome], ['undoFailed', 'engine-unreachable', 'done'])
    }))

  test('a plugin that may be that of another client is left as it is', () =>
    onTarget({}, async ({ step, fleet, runner }) => {
      // A worker that was lost during its pull leaves a record without the id of a plugin.
      const [queued] = (await runner.records(ID)) as [TargetRecord]
      const lost = { state: 'unreachable', changed: true, before: { state: 'absent' } } as const
      await runner.write({ ...queued, ...lost })
      await installPlugin(fleet.of(0).engine, GRANTED).result
      const { state, code, message } = await step('undo')
      assert.equal([state, code], ['undoFailed', 'changed-by-others'])
      assert.match(message ?? '', 'may be that of another client')
      assert.is(fleet.enabled(), 1)
      assert.is(fleet.callsOf(0).pluginDelete, undefined)
    }))

  test('a removal that failed half way :: the plugin is enabled again', () =>
    onTarget(
      { plan: { kind: 'remove' }, fleet: failingAt('pluginDelete', 'before', REFUSED) },
      async ({ step, fleet }) => {
        await installPlugin(fleet.of(0).engine, GRANTED).result
        assert.is((await step()).state, 'failed')
        assert.is(fleet.enabled(), 0)
        assert.is((await step('undo')).state, 'undone')
        assert.is(fleet.enabled(), 1)
      },
    ))

  test('a plugin that was disabled before is not enabled by an undo', () =>
    onTarget(
      { plan: { kind: 'remove' }, fleet: failingAt('pluginDelete', 'before', REFUSED) },
      async ({ step, fleet }) => {
        await installPlugin(fleet.of(0).engine, { ...GRANTED, disabled: true }).result
        assert.is((await step()).state, 'failed')
        assert.is((await step('undo')).state, 'undone')
        assert.is(fleet.callsOf(0).pluginEnable, undefined)
        assert.is(fleet.enabled(), 0)
      },
    ))
})

suite('removal of a target', (test) => {
  test('a disabled plugin is removed without being disabled again', () =>
    onTarget({ plan: { kind: 'remove' } }, async ({ step, fleet }) => {
      await installPlugin(fleet.of(0).engine, { ...GRANTED, disabled: true }).result
      assert.is((await step()).state, 'done')
      assert.equal(fleet.of(0).plugins(), [])
      assert.is(fleet.callsOf(0).pluginDisable, undefined)
    }))

  test('a plugin that is not there is kept as it is', () =>
    onTarget({ plan: { kind: 'remove' } }, async ({ step, fleet }) => {
      const { state, changed, after } = await step()
      assert.equal([state, changed, after], ['kept', undefined, { state: 'absent' }])
      assert.is(fleet.callsOf(0).pluginDelete, undefined)
    }))
})

suite('upgrade of a target', (test) => {
  const OLD = 'acme/plain:latest'
  const NEW = 'acme/plain:2.0'
  const plan = {
    kind: 'upgrade' as const,
    plugin: { reference: NEW, name: OLD, settings: [] },
    privileges: [],
  }
  const newer = definePlugin({ config: { Description: 'newer' }, layers: [1_000] })
  const begin = async (fleet: Fleet) => {
    fleet.of(0).publish(NEW, newer)
    await installPlugin(fleet.of(0).engine, { reference: OLD, grantAllPermissions: true }).result
  }
  const descriptionOf = (fleet: Fleet) => fleet.of(0).plugins()[0]?.Config.Description

  test('a step that failed half way is taken up where it was left', () =>
    onTarget(
      { plan, fleet: failingAt('pluginUpgrade', 'after', LOST) },
      async ({ step, fleet }) => {
        await begin(fleet)
        const first = await step()
        assert.equal([first.state, first.changed], ['unreachable', true])
        const second = await step()
        assert.equal([second.state, second.message], ['done', undefined])
        assert.equal([descriptionOf(fleet), fleet.enabled()], ['newer', 1])
        assert.is(fleet.callsOf(0).pluginUpgrade, 1)
        assert.equal(fleet.of(0).plugins().length, 1)
      },
    ))

  test('a plugin that has the content already is kept', () =>
    onTarget(
      { plan: { ...plan, plugin: { ...plan.plugin, reference: OLD } } },
      async ({ step, fleet }) => {
        await begin(fleet)
        assert.is((await step()).state, 'kept')
        assert.is(fleet.callsOf(0).pluginUpgrade, undefined)
        assert.is(descriptionOf(fleet), 'asks for nothing')
      },
    ))

  test('an old version that asks for more by now is not gone back to', () =>
    onTarget({ plan }, async ({ step, fleet }) => {
      await begin(fleet)
      assert.is((await step()).state, 'done')
      const more = { Description: 'more', Network: { Type: 'host' } }
      fleet.of(0).publish(OLD, definePlugin({ config: more, layers: [2_000] }))
      const { state, code } = await step('undo')
      assert.equal([state, code], ['undoFailed', 'consent-mismatch'])
      assert.equal([descriptionOf(fleet), fleet.enabled()], ['newer', 1])
    }))

  test('an old version that asks for less by now is gone back to, and is not the one from before', () =>
    onTarget({ plan: { ...plan, privileges: PRIVILEGES } }, async ({ step, fleet }) => {
      const host = { Description: 'host', Network: { Type: 'host' } }
      fleet.of(0).publish(OLD, definePlugin({ config: host, layers: [1_000] }))
      fleet.of(0).publish(NEW, definePlugin({ config: { ...host, Description: 'newer' } }))
      await installPlugin(fleet.of(0).engine, { reference: OLD, grantAllPermissions: true }).result
      assert.is((await step()).state, 'done')
      fleet.of(0).publish(OLD, definePlugin({ config: { Description: 'less' }, layers: [2_000] }))
      const { state, code, message } = await step('undo')
      assert.equal([state, code], ['undoFailed', 'no-way-back'])
      assert.match(message ?? '', `${OLD} names other content by now than before`)
      assert.is(descriptionOf(fleet), 'less')
    }))
})
