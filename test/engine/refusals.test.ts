import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'
import { startLyingProxy } from './world/lyingProxy.ts'

const NOTHING = { result: 'nothingToRemove' }

engineSuite('real engine :: what fails before a pull', (test, world) => {
  const cases = [
    ['no such repository', () => `${world().registries.open.address}/acme/nosuch:1.0`, 'not-found'],
    ['no such tag', () => `${world().registries.open.address}/acme/plain:9.9`, 'not-found'],
    [
      'no such repository :: TLS',
      () => `${world().registries.tls.address}/acme/nosuch:1.0`,
      'not-found',
    ],
    [
      'the registry is down',
      () => world().reference('plain', world().registries.down),
      'registry-unreachable',
    ],
    [
      'the registry has no address',
      () => 'registry.invalid:5000/acme/plain:1.0',
      'registry-unreachable',
    ],
    ['an invalid reference', () => 'Acme/Plain', 'invalid-reference'],
  ] as const
  for (const [name, reference, code] of cases) {
    test(name, async () => {
      const flow = install(world(), { reference: reference() })
      const error = await failure(flow)
      assert.is(error.code, code)
      assert.is(error.state, 'checkPrivileges')
      assert.equal(error.rollback, NOTHING)
      assert.equal(flow.states, ['checkPrivileges', 'rolledBack'])
      assert.equal(await onEngine(world()), [])
    })
  }

  test('an alias with a digest', async () => {
    const alias = `mine@sha256:${'0'.repeat(64)}`
    const error = await failure(install(world(), { reference: world().reference('plain'), alias }))
    assert.is(error.code, 'invalid-reference')
    assert.equal(await onEngine(world()), [])
  })

  test('a reference with a digest :: is refused, and the engine lives', async () => {
    const { text } = await world().api('GET', '/version')
    const dies = JSON.parse(text).Version.startsWith('20.10.')
    const [repository] = world()
      .reference('plain')
      .split(/:1\.0$/)
    const proxy = await startLyingProxy(world().socketPath, join(world().folder, 'digest.sock'), {})
    try {
      const reference = `${repository}@sha256:${'0'.repeat(64)}`
      const error = await failure(install(world(), { reference }, proxy.host))
      assert.is(error.code, dies ? 'engine-unsupported' : 'not-found')
      assert.equal(error.rollback, NOTHING)
      assert.is((await world().api('GET', '/_ping')).status, 200)
      const dangerous = proxy.requests.filter((line) =>
        /^\w+ \/plugins\/(privileges|pull)/.test(line),
      )
      assert.is(dangerous.length > 0, !dies)
    } finally {
      await proxy.close()
    }
  })

  test('no engine at the address', async () => {
    const host = `unix://${join(world().folder, 'nosuch.sock')}`
    const error = await failure(install(world(), { reference: world().reference('plain') }, host))
    assert.is(error.code, 'engine-unreachable')
    assert.is(error.retryable, true)
    assert.equal(await onEngine(world()), [])
  })
})

engineSuite('real engine :: settings that are refused', (test, world) => {
  const cases = [
    ['a setting the plugin has not', { BAD: '1' }, 'unknown-setting'],
    ['the second of two is unknown', { DEBUG: '1', BAD: '1' }, 'unknown-setting'],
    ['a setting that is not settable', { FIXED: 'no' }, 'setting-not-settable'],
    ['a field that is not settable', { 'state.destination': '/x' }, 'setting-not-settable'],
  ] as const
  for (const [name, settings, code] of cases) {
    test(name, async () => {
      const reference = world().reference('probe')
      const flow = install(world(), { reference, settings, grantAllPermissions: true })
      const error = await failure(flow)
      assert.is(error.code, code)
      assert.is(error.state, 'configuring')
      assert.is(error.rollback.result, 'removed')
      assert.equal(flow.states.slice(-3), ['configuring', 'rollingBack', 'rolledBack'])
      assert.equal(await onEngine(world()), [])
    })
  }

  test('onFailure keep :: the plugin stays, disabled, and the error says how to remove it', async () => {
    const reference = world().reference('plain')
    const options = { reference, settings: { BAD: '1' }, onFailure: 'keep' } as const
    const { rollback } = await failure(install(world(), options))
    const [shown] = await world().plugins()
    assert.equal(await onEngine(world()), [`${reference} disabled`])
    assert.equal(rollback, {
      result: 'kept',
      name: reference,
      id: shown?.Id,
      enabled: false,
      command: `docker plugin rm ${reference}`,
    })
  })
})
