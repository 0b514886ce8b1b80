import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { UpgradeError, UpgradeOptions } from '../../src/upgrade.ts'
import { deferred } from './world/deferred.ts'
import { engineSuite } from './world/engineSuite.ts'
import type { FixtureName } from './world/fixtures.ts'
import { install, onEngine } from './world/flows.ts'
import { startLyingProxy } from './world/lyingProxy.ts'
import { moveTag } from './world/moveTag.ts'
import { startFlipping } from './world/startFlipping.ts'
import { startThrottle } from './world/throttle.ts'
import { BEFORE, begin, inEffect, upgradeFailure, upgradeOn } from './world/upgrades.ts'

engineSuite('real engine :: an upgrade that others cross', (test, world) => {
  const name = () => world().reference('notes-1')
  const upgrade = (
    to: FixtureName,
    more: Partial<UpgradeOptions> = {},
    at?: (s: string) => unknown,
  ) =>
    upgradeOn(
      world(),
      { name: name(), reference: world().reference(to), mode: 'inPlace', ...more },
      at,
    )
  const isAsBefore = async (error: UpgradeError, changed: boolean) => {
    assert.equal(
      [error.outcome.state, error.outcome.state === 'rolledBack' && error.outcome.changed],
      ['rolledBack', changed],
    )
    assert.equal(await inEffect(world()), BEFORE)
    assert.equal(await onEngine(world()), [`${name()} enabled`])
  }
  const moving = () => `${world().registries.open.address}/acme/moving:1.0`
  const move = (to: FixtureName) =>
    moveTag(world().registries.open, world().reference(to), moving())

  test('the tag moves between the copy and the swap :: the old version is back', async () => {
    await Promise.all([begin(world()), move('notes-2')])
    let moved: Promise<void> | undefined
    const flow = upgradeOn(world(), {
      name: name(),
      reference: moving(),
      mode: 'inPlace',
      async journal({ state }) {
        if (state !== 'upgrading') return undefined
        moved ??= move('notes-env')
        await moved
        return undefined
      },
    })
    const error = await upgradeFailure(flow)
    assert.is(error.code, 'digest-changed')
    await isAsBefore(error, true)
  })

  test('by its own tag, which has moved :: is refused without a way back, and goes on where that is accepted', async () => {
    await move('notes-1')
    await begin(world(), moving())
    await move('notes-2')
    const own = { name: moving() }
    const error = await upgradeFailure(upgradeOn(world(), own))
    assert.equal([error.code, error.outcome.state], ['no-way-back', 'rolledBack'])
    assert.equal(await inEffect(world()), BEFORE)
    const { entries, changed } = await upgradeOn(world(), { ...own, noWayBack: 'accept' }).result
    assert.is(changed, true)
    assert.ok(entries.length > 0)
    assert.equal(await inEffect(world()), BEFORE)
    assert.match((await world().plugins())[0]?.Config.Description ?? '', 'version 2')
  })

  test('the registry of the old version goes away :: stranded with the new one, and what mends it is said', async () => {
    const throttle = await startThrottle(world().registries.open, 1e9)
    let closed: Promise<void> | undefined
    const old = world().reference('notes-1', throttle)
    try {
      await begin(world(), old)
      const flow = upgradeOn(
        world(),
        { name: old, reference: world().reference('notes-dies'), mode: 'inPlace' },
        (state) => {
          if (state === 'enabling') closed ??= throttle.close()
        },
      )
      const { outcome, code } = await upgradeFailure(flow)
      assert.equal([code, outcome.state], ['plugin-did-not-listen', 'stranded'])
      if (outcome.state !== 'stranded') return
      assert.equal(
        [outcome.version, outcome.commands],
        ['new', [`plugin-flow upgrade ${old} ${old}`, `plugin-flow enable ${old}`]],
      )
      const [copy] = (await onEngine(world())).filter((one) => one.startsWith('plugin-flow/'))
      assert.is(copy, `${outcome.leftover?.name} disabled`)
      assert.ok((await onEngine(world())).includes(`${old} disabled`))
    } finally {
      await (closed ?? throttle.close())
    }
  })

  test('a trial that collides with the old version on a port of the host :: the old one was never stopped', async () => {
    const one = world().reference('port-1')
    await install(world(), { reference: one, grantAllPermissions: true }).result
    const options = { name: one, reference: world().reference('port-2') }
    const tried = await upgradeFailure(upgradeOn(world(), { ...options, trial: true }))
    assert.equal([tried.code, tried.state], ['plugin-did-not-listen', 'trying'])
    assert.equal(await onEngine(world()), [`${one} enabled`])
    await upgradeOn(world(), options).result
    assert.equal(await onEngine(world()), [`${one} enabled`])
  })

  test('a volume uses it :: refused before anything is changed, also to be replaced; in place by force', async () => {
    await begin(world())
    await world().api('POST', '/volumes/create', { Name: 'kept', Driver: name() })
    for (const more of [{}, { mode: 'replace', force: true }] as const) {
      const error = await upgradeFailure(upgrade('notes-2', more))
      assert.equal([error.code, error.state], ['in-use', 'disabling'])
      assert.equal(await onEngine(world()), [`${name()} enabled`])
      assert.equal(await inEffect(world()), BEFORE)
    }
    await upgrade('notes-2', { force: true }).result
    assert.equal(await inEffect(world()), BEFORE)
    assert.equal(await onEngine(world()), [`${name()} enabled`])
  })

  test('enabled just before the swap :: the engine refuses it, and it is left alone', async () => {
    await begin(world())
    const enabled = deferred<void>()
    const socketPath = join(world().folder, 'crossed.sock')
    const proxy = await startLyingProxy(world().socketPath, socketPath, {
      hold(method, path) {
        if (method !== 'POST' || !path.includes('/upgrade?')) return undefined
        const enable = world().api('POST', `/plugins/${name()}/enable?timeout=0`)
        return enable.then(() => enabled.resolve())
      },
    })
    try {
      const options = { name: name(), reference: world().reference('notes-2') }
      const flow = upgradeOn(world(), { ...options, mode: 'inPlace' }, undefined, proxy.host)
      const error = await upgradeFailure(flow)
      await enabled.promise
      assert.is(error.code, 'plugin-enabled')
      await isAsBefore(error, true)
    } finally {
      await proxy.close()
    }
  })

  test('enabled during the swap :: the process of the old version is stopped, and the new one runs', async () => {
    const throttle = await startThrottle(world().registries.open, 24 * 1024 * 1024)
    try {
      await begin(world())
      await install(world(), { reference: world().reference('plain') }).result
      let crossed: Promise<unknown> | undefined
      const flow = upgradeOn(world(), {
        name: name(),
        reference: world().reference('notes-big', throttle),
        mode: 'inPlace',
        async journal({ state }) {
          // Without its layers, which any removal drops, the swap has to download them again.
          if (state === 'upgrading') {
            await world().api('DELETE', `/plugins/${world().reference('plain')}?force=1`)
          }
          return undefined
        },
      })
      flow.progress$.subscribe(({ current }) => {
        if (flow.states.at(-1) !== 'upgrading' || current < 1e6) return
        crossed ??= world().api('POST', `/plugins/${name()}/enable?timeout=0`)
      })
      const plugin = await flow.result
      assert.ok(crossed, 'it was enabled meanwhile')
      assert.equal([plugin.changed, plugin.enabled], [true, true])
      assert.equal(await inEffect(world()), BEFORE)
      assert.equal(await onEngine(world()), [`${name()} enabled`])
    } finally {
      await throttle.close()
    }
  })

  test('removed in between :: left to who did that, and what installs it again is said', async () => {
    await begin(world())
    const flow = upgradeOn(world(), {
      name: name(),
      reference: world().reference('notes-2'),
      mode: 'inPlace',
      async journal({ state }) {
        if (state === 'upgrading') await world().api('DELETE', `/plugins/${name()}?force=1`)
        return undefined
      },
    })
    const { outcome, code } = await upgradeFailure(flow)
    assert.equal([code, outcome.state], ['plugin-gone', 'stranded'])
    if (outcome.state !== 'stranded') return
    assert.equal(
      [outcome.version, outcome.commands],
      ['gone', [`plugin-flow install --alias ${name()} ${name()}`]],
    )
    assert.equal(await onEngine(world()), [`${outcome.leftover?.name} disabled`])
  })

  test('a copy left by an upgrade that was cut short is in the way :: its path is said, and it goes on without it', async () => {
    await begin(world())
    const [plugin] = await world().plugins()
    const left = join(world().dataRoot, 'plugins', plugin?.Id ?? '', 'rootfs-old')
    mkdirSync(left)
    const error = await upgradeFailure(upgrade('notes-2'))
    assert.is(error.code, 'engine-leftover')
    assert.match(error.next, left)
    await isAsBefore(error, true)
    rmSync(left, { recursive: true })
    await upgrade('notes-2').result
    assert.equal(await inEffect(world()), BEFORE)
  })

  test('a layer comes with a wrong byte :: nothing has changed, and the engine keeps that byte', async () => {
    const flipping = await startFlipping(world().registries.open)
    try {
      await begin(world())
      const bad = world().reference('notes-flip', flipping)
      const options = { name: name(), reference: bad, mode: 'inPlace' } as const
      const error = await upgradeFailure(upgradeOn(world(), options))
      assert.equal([error.code, error.state], ['corrupt-layer', 'staging'])
      assert.match(error.next, 'plugins/storage/ingest')
      await isAsBefore(error, false)
      const again = await upgradeFailure(upgrade('notes-flip'))
      assert.is(again.code, 'corrupt-layer')
      await isAsBefore(again, false)
    } finally {
      await flipping.close()
    }
  })
})
