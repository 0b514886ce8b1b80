import * as assert from 'uvu/assert'
import type { Engine } from '../../../machines/engine.ts'
import { startEmbeddedEngine } from '../../../src/embedded.ts'
import { connect, type InstallOptions, installPlugin, isInstallError } from '../../../src/index.ts'
import { definePlugin, type Simulation, simulateEngine } from '../../../src/simulation.ts'
import { suite } from '../../support/suite.ts'

const newId = () => 'a'.repeat(64)
const HOST = 'the simulated engine'
const unauthorized = 'registry.example.com/acme/private:1.0'
const login = { username: 'demo', password: 'demo' }

/** All that a host sees of an install. */
async function outcomeOf(engine: Engine, options: InstallOptions) {
  const flow = installPlugin(engine, { grantAllPermissions: true, ...options })
  const states: string[] = []
  let layers: unknown
  flow.transition$.subscribe(({ to }) => states.push(to))
  flow.progress$.subscribe((progress) => {
    layers = progress.layers.map(({ id, current, total }) => ({ id, current, total }))
  })
  const end = await flow.result.then(
    ({ id: _, ...plugin }) => plugin,
    (error) => {
      assert.ok(isInstallError(error), String(error))
      const { code, message, state, retryable, failure, rollback } = error
      return { code, message, state, retryable, words: failure.engineMessage, rollback }
    },
  )
  const json = JSON.stringify({ states, layers, end }, (key, value) =>
    key === 'at' ? undefined : value,
  )
  return JSON.parse(json)
}

const installs: [name: string, options: InstallOptions][] = [
  ['a plugin with settings', { reference: 'vieux/sshfs', settings: { DEBUG: '1' } }],
  ['a wrong setting', { reference: 'vieux/sshfs', settings: { DEBAG: '1' } }],
  ['one that dies', { reference: 'acme/dies' }],
  ['one that lies', { reference: 'acme/liar', grantAllPermissions: false, consent: () => true }],
  ['a corrupt layer', { reference: 'acme/corrupt' }],
  ['an image', { reference: 'hello-world' }],
  ['an unknown registry', { reference: 'unknown.example.com/a/b' }],
  ['a private registry', { reference: unauthorized, credentials: () => login }],
  [
    'wrong credentials',
    { reference: unauthorized, credentials: () => ({ ...login, password: 'planted' }) },
  ],
  ['an engine that dies of a digest', { reference: `acme/plain@sha256:${'0'.repeat(64)}` }],
]

const simulated = async (use: (simulation: Simulation) => Promise<void>, pace = 0) => {
  const simulation = simulateEngine({ pace, newId })
  try {
    await use(simulation)
  } finally {
    simulation.close()
  }
}

suite('simulateEngine', (test) => {
  for (const [name, options] of installs) {
    test(`${name} :: the flow ends as on the engine behind a socket`, async () => {
      const behind = await startEmbeddedEngine({ pace: 0, newId })
      const connection = connect({ host: behind.host })
      try {
        const expected = await outcomeOf(connection, options)
        await simulated(async ({ engine, plugins }) => {
          const found = await outcomeOf(engine, options)
          assert.equal(found, JSON.parse(JSON.stringify(expected).replaceAll(behind.host, HOST)))
          assert.equal(
            plugins().map(({ Name }) => Name),
            behind.plugins().map(({ Name }) => Name),
          )
        })
      } finally {
        connection.close()
        await behind.close()
      }
    })
  }

  test('a pull whose connection is cut :: is looked for and taken back', async () => {
    await simulated(async ({ engine, cut, plugins }) => {
      const flow = installPlugin(engine, { reference: 'vieux/sshfs', grantAllPermissions: true })
      const begun = new Promise<void>((resolve) => {
        flow.progress$.subscribe(({ current }) => current > 0 && resolve())
      })
      const ending = flow.result.catch((error) => error)
      await begun
      cut()
      const error = await ending
      assert.ok(isInstallError(error), String(error))
      assert.is(error.code, 'pull-interrupted')
      assert.is(error.rollback.result, 'nothingToRemove')
      assert.equal(plugins(), [])
    }, 0.05)
  })

  test('a pull that is cancelled :: sends nothing more, and leaves nothing', async () => {
    await simulated(async ({ engine, plugins }) => {
      const flow = installPlugin(engine, { reference: 'vieux/sshfs', grantAllPermissions: true })
      flow.progress$.subscribe(({ current }) => current > 0 && flow.cancel())
      const error = await flow.result.catch((thrown) => thrown)
      assert.is(error.code, 'cancelled')
      assert.equal(plugins(), [])
    }, 0.05)
  })

  test('a call after its signal has fired :: is not sent', async () => {
    await simulated(async ({ engine }) => {
      const error = await engine
        .call('pluginList', {}, { signal: AbortSignal.abort() })
        .catch((thrown) => thrown)
      assert.is(error.code, 'cancelled')
    })
  })

  test('a pull after its engine was closed :: ends at once', async () => {
    const { engine, close } = simulateEngine({ pace: 0 })
    close()
    const error = await engine
      .call(
        'pluginPull',
        { remote: 'docker.io/acme/plain:latest', name: 'acme/plain:latest', privileges: [] },
        { signal: AbortSignal.timeout(5_000) },
      )
      .catch((thrown) => thrown)
    assert.is(error.code, 'pull-interrupted')
  })

  test('a registry that goes away, and a tag that moves', async () => {
    await simulated(async ({ engine, publish, changeRegistry, plugins }) => {
      publish('docker.io/acme/notes:4.0', definePlugin({ config: { Description: 'planted' } }))
      await installPlugin(engine, { reference: 'acme/notes:4.0', grantAllPermissions: true }).result
      assert.is(plugins()[0]?.Config.Description, 'planted')
      changeRegistry('docker.io', { reachable: false })
      const error = await installPlugin(engine, {
        reference: 'acme/plain',
        policy: { retry: { attempts: 1 } },
      }).result.catch((thrown) => thrown)
      assert.is(error.code, 'registry-unreachable')
    })
  })
})
