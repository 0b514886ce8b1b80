import * as assert from 'uvu/assert'
import type { UpgradeOptions } from '../../src/upgrade.ts'
import { engineSuite } from './world/engineSuite.ts'
import type { FixtureName } from './world/fixtures.ts'
import { onEngine } from './world/flows.ts'
import {
  BEFORE,
  begin as beginOn,
  upgradeFailure as failure,
  inEffect,
  inode,
  upgradeOn,
} from './world/upgrades.ts'

/** Agrees to a replacement, too. */
const UNSEEN: Partial<UpgradeOptions> = {
  grantAllPermissions: false,
  consent: () => ({ granted: true, replace: true }),
}

engineSuite('real engine :: upgrade', (test, world) => {
  const name = () => world().reference('notes-1')
  const begin = (settings?: Record<string, string>) => beginOn(world(), name(), settings)
  const upgrade = (to: FixtureName, options: Partial<UpgradeOptions> = {}) =>
    upgradeOn(world(), { name: name(), reference: world().reference(to), ...options })

  test("of the same settings :: its owner's are in effect, though the engine drops one", async () => {
    await begin()
    assert.equal(await inEffect(world()), BEFORE)
    const plugin = await upgrade('notes-2').result
    assert.is(plugin.mode, 'inPlace')
    assert.equal(fates(plugin.entries), [
      'mount state setAgain',
      'env DEBUG kept',
      'args args kept',
    ])
    assert.equal(await inEffect(world()), BEFORE)
    assert.equal(await onEngine(world()), [`${name()} enabled`])
  })

  test('of other variables :: in place what can be had, by replacing all of it', async () => {
    await begin({ 'state.source': '/var/tmp' })
    const inPlace = await upgrade('notes-env', { mode: 'inPlace' }).result
    assert.equal(fates(inPlace.entries), [
      'mount state setAgain',
      'env LEVEL newDefault',
      'env FIXED onlyByReplacing',
      'env HIDDEN onlyByReplacing',
      'args args newDefault',
      'env DEBUG stays',
    ])
    const state = inode('/var/tmp')
    assert.equal(await inEffect(world()), [
      'DEBUG=0',
      'FIXED=yes',
      'LEVEL=info',
      'arg=second',
      '/dev/kmsg',
      state,
    ])
    await world().removeAll()
    await begin({ 'state.source': '/var/tmp' })
    assert.is((await upgrade('notes-env', UNSEEN).result).mode, 'replace')
    assert.equal(await inEffect(world()), [
      'FIXED=no',
      'LEVEL=info',
      'HIDDEN=x',
      'arg=second',
      '/dev/kmsg',
      state,
    ])
    assert.equal(await onEngine(world()), [`${name()} enabled`])
  })

  test('of a device more :: only by replacing', async () => {
    await begin()
    assert.is((await upgrade('notes-device', UNSEEN).result).mode, 'replace')
    assert.equal(await inEffect(world()), [...BEFORE.slice(0, 5), '/dev/fuse', inode('/var/tmp')])
  })

  test('of less :: lost and kept settings are reported', async () => {
    await begin()
    const { entries } = await upgrade('notes-less', { mode: 'inPlace' }).result
    assert.equal(fates(entries), [
      'env DEBUG kept',
      'args args kept',
      'mount state lost',
      'device log stays',
    ])
    assert.equal(await inEffect(world()), BEFORE.slice(0, 5))
  })

  for (const mode of ['inPlace', 'replace'] as const) {
    test(`to a version that ends at once, ${mode} :: the old one is back, as it was`, async () => {
      await begin()
      const error = await failure(upgrade('notes-dies', { mode }))
      assert.is(error.code, 'plugin-did-not-listen')
      assert.is(error.outcome.state, 'rolledBack')
      assert.equal(await inEffect(world()), BEFORE)
      assert.equal(await onEngine(world()), [`${name()} enabled`])
    })
  }

  test('to a version whose mount is missing :: the old one is back, as it was', async () => {
    await begin()
    const error = await failure(
      upgrade('notes-badmount', { settings: { 'state.source': '/no/such' } }),
    )
    assert.is(error.code, 'mount-source-missing')
    assert.is(error.outcome.state, 'rolledBack')
    assert.equal(await inEffect(world()), BEFORE)
  })

  test('a trial of what does not start :: the old one was never stopped', async () => {
    await begin()
    const flow = upgrade('notes-dies', { trial: true })
    const error = await failure(flow)
    assert.is(error.state, 'trying')
    assert.equal(error.outcome, {
      state: 'rolledBack',
      failure: error.failure,
      changed: false,
      remnants: [],
    })
    assert.is(flow.states.includes('disabling'), false)
    assert.equal(await onEngine(world()), [`${name()} enabled`])
  })

  test('of the reference that it has :: unchanged, and not stopped', async () => {
    await begin()
    const plugin = await upgrade('notes-1').result
    assert.is(plugin.changed, false)
    assert.equal(await inEffect(world()), BEFORE)
    assert.equal(await onEngine(world()), [`${name()} enabled`])
  })

  test('of a disabled plugin :: it stays disabled', async () => {
    await begin()
    await world().api('POST', `/plugins/${name()}/disable`)
    await upgrade('notes-2').result
    assert.equal(await onEngine(world()), [`${name()} disabled`])
  })

  test('cancelled while the copy is pulled :: nothing is left of it', async () => {
    await begin()
    const flow = upgrade('big')
    flow.progress$.subscribe(() => flow.cancel())
    const error = await failure(flow)
    assert.is(error.code, 'cancelled')
    assert.equal(await onEngine(world()), [`${name()} enabled`])
  })
})

function fates(entries: readonly { kind: string; name: string; fate: string }[]): string[] {
  return entries.map(({ kind, name, fate }) => `${kind} ${name} ${fate}`)
}
