import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { PluginPrivilege } from '../../machines/plugin.ts'
import { engineSuite } from './world/engineSuite.ts'
import { entering, failure, install, onEngine } from './world/flows.ts'
import { type Lies, startLyingProxy } from './world/lyingProxy.ts'

const mount = (source: string): PluginPrivilege[] => [
  { Name: 'mount', Description: 'host path to mount', Value: [source] },
]

engineSuite('real engine :: consent', (test, world) => {
  test('denied :: nothing is pulled', async () => {
    const flow = install(world(), { reference: world().reference('probe') })
    await entering(flow, 'awaitConsent')
    flow.consent$.subscribe((request) => flow.deny('too much', request))
    const error = await failure(flow)
    assert.is(error.code, 'consent-denied')
    assert.match(error.message, 'too much')
    assert.equal(error.rollback, { result: 'nothingToRemove' })
    assert.equal(flow.states, ['checkPrivileges', 'awaitConsent', 'rolledBack'])
    assert.equal(await onEngine(world()), [])
  })

  test('denied by a policy', async () => {
    const consent = () => ({ granted: false, reason: 'not on the list' })
    const flow = install(world(), { reference: world().reference('one-mount'), consent })
    assert.match((await failure(flow)).message, 'not on the list')
    assert.equal(await onEngine(world()), [])
  })

  test('a setting that widens a privilege is asked for even where the plugin asks for nothing', async () => {
    const options = { reference: world().reference('plain'), settings: ['DEBUG.source=/'] }
    const flow = install(world(), options)
    await entering(flow, 'awaitConsent')
    flow.cancel()
    assert.is((await failure(flow)).code, 'cancelled')
    assert.equal(await onEngine(world()), [])
  })
})

engineSuite('real engine :: an engine that does not enforce consent', (test, world) => {
  const through = async (lies: Lies, run: (host: string) => Promise<void>) => {
    const proxy = await startLyingProxy(world().socketPath, join(world().folder, 'lies.sock'), lies)
    try {
      await run(proxy.host)
    } finally {
      await proxy.close()
    }
  }
  const isVulnerable = async () => {
    const { text } = await world().api('GET', '/version')
    return String(JSON.parse(text).Version).startsWith('20.10.')
  }

  test('another value was shown than the plugin has :: taken back before it runs', async () => {
    // A vulnerable engine itself takes the pull: one privilege for one, whatever its value.
    const code = (await isVulnerable()) ? 'privileges-not-enforced' : 'privileges-changed'
    await through({ privileges: () => mount('/harmless') }, async (host) => {
      const reference = world().reference('one-mount')
      const flow = install(world(), { reference, consent: () => true }, host)
      const error = await failure(flow)
      assert.is(error.code, code)
      assert.not.ok(flow.states.includes('enabling'))
      assert.equal(await onEngine(world()), [])
    })
  })

  test('a man in the middle grants more than was shown :: taken back before it runs', async () => {
    let real: PluginPrivilege[] | null = null
    const lies: Lies = {
      privileges: (told) => {
        real = told as PluginPrivilege[]
        return mount('/harmless')
      },
      granted: () => real,
    }
    await through(lies, async (host) => {
      const reference = world().reference('probe')
      const flow = install(world(), { reference, consent: () => true }, host)
      assert.is((await failure(flow)).code, 'privileges-not-enforced')
      assert.not.ok(flow.states.includes('enabling'))
      assert.equal(await onEngine(world()), [])
    })
  })

  test('nothing was shown of a plugin that asks :: taken back before it runs', async () => {
    let real: PluginPrivilege[] | null = null
    const lies: Lies = {
      privileges: (told) => {
        real = told as PluginPrivilege[]
        return null
      },
      granted: () => real,
    }
    await through(lies, async (host) => {
      const flow = install(world(), { reference: world().reference('probe') }, host)
      assert.is((await failure(flow)).code, 'privileges-not-enforced')
      assert.equal(flow.states.slice(0, 2), ['checkPrivileges', 'pulling.streaming'])
      assert.equal(await onEngine(world()), [])
    })
  })

  test('the engine refuses what was granted :: asked again, then given up', async () => {
    // The registry has changed its mind between look-up and pull, as far as the engine can tell.
    await through({ granted: () => [] }, async (host) => {
      let asked = 0
      const consent = () => {
        asked += 1
        return true
      }
      const reference = world().reference('probe')
      const flow = install(world(), { reference, consent }, host)
      const error = await failure(flow)
      assert.is(error.code, 'privileges-changed')
      assert.is(asked, 1, 'the same privileges are not asked for twice')
      assert.equal(flow.states.slice(0, 5), [
        'checkPrivileges',
        'awaitConsent',
        'pulling.streaming',
        'checkPrivileges',
        'pulling.streaming',
      ])
      assert.equal(await onEngine(world()), [])
    })
  })
})
