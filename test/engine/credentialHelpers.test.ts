import * as assert from 'uvu/assert'
import { connect } from '../../src/flow/connect.ts'
import { installPlugin } from '../../src/flow/install.ts'
import { authEntry, writeDockerConfig } from './world/dockerConfig.ts'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'

/** Without a detour: no one was asked. */
const STRAIGHT = ['checkPrivileges', 'pulling.streaming', 'pulling.verifying', 'enabling', 'done']

engineSuite('real engine :: configured credentials of a registry with Basic', (test, world) => {
  const locked = () => world().registries.private
  const reference = () => world().reference('private', locked())
  const good = () => ({ Username: locked().username, Secret: locked().password })
  const wrong = () => ({ Username: locked().username, Secret: 'wrong-horse' })
  const installWith = (env: Record<string, string>) =>
    install(world(), { reference: reference() }, undefined, env)

  const places: [title: string, config: (address: string) => object][] = [
    ['credsStore', () => ({ credsStore: 'world' })],
    ['credHelpers', (address) => ({ credsStore: 'none', credHelpers: { [address]: 'world' } })],
    [
      'credHelpers, by a key with a scheme',
      (address) => ({ credHelpers: { [`https://${address}/v2/`]: 'world' } }),
    ],
  ]
  for (const [title, config] of places) {
    test(title, async () => {
      const docker = writeDockerConfig(world().folder, config(locked().address))
      docker.helper('world', good())
      docker.helper('none', undefined)
      const flow = installWith(docker.env)
      await flow.result
      assert.equal(flow.states, STRAIGHT)
      assert.equal(await onEngine(world()), [`${reference()} enabled`])
    })
  }

  test('auths, by a key with a scheme and a path', async () => {
    const { address, username, password } = locked()
    const auths = { [`https://${address}/v1/`]: authEntry(username, password) }
    const flow = installWith(writeDockerConfig(world().folder, { auths }).env)
    await flow.result
    assert.equal(flow.states, STRAIGHT)
  })

  test('DOCKER_AUTH_CONFIG goes before a helper', async () => {
    const { address, username, password } = locked()
    const docker = writeDockerConfig(world().folder, { credsStore: 'world' })
    docker.helper('world', wrong())
    const auths = { [address]: authEntry(username, password) }
    const flow = installWith({ ...docker.env, DOCKER_AUTH_CONFIG: JSON.stringify({ auths }) })
    await flow.result
    assert.equal(flow.states, STRAIGHT)
  })

  test('a helper with wrong ones, then a person with good ones', async () => {
    const docker = writeDockerConfig(world().folder, { credsStore: 'world' })
    docker.helper('world', wrong())
    const flow = installWith(docker.env)
    const reasons: string[] = []
    flow.credentials$.subscribe(({ reason, attempt }) => {
      reasons.push(`${attempt} ${reason}`)
      flow.authenticate({ username: locked().username, password: locked().password })
    })
    await flow.result
    assert.equal(reasons, ['1 refused'])
    assert.equal(await onEngine(world()), [`${reference()} enabled`])
  })

  test('a helper that has none, and a source that has none', async () => {
    const docker = writeDockerConfig(world().folder, { credsStore: 'world' })
    docker.helper('world', undefined)
    const options = { reference: reference(), credentials: () => undefined }
    const error = await failure(install(world(), options, undefined, docker.env))
    assert.is(error.code, 'unauthorized')
    assert.match(error.message, `the registry ${locked().address} wants credentials`)
    assert.equal(await onEngine(world()), [])
  })

  test('a helper that is missing is named, and the registry decides', async () => {
    const docker = writeDockerConfig(world().folder, { credsStore: 'nosuch' })
    const warnings: string[] = []
    const engine = connect({
      host: world().host,
      env: docker.env,
      onWarning: ({ message }) => warnings.push(message),
    })
    try {
      const options = { reference: reference(), credentials: () => undefined }
      const error = await failure(installPlugin(engine, options))
      assert.is(error.code, 'unauthorized')
      assert.equal(error.rollback, { result: 'nothingToRemove' })
      assert.match(warnings.join(), 'docker-credential-nosuch')
      assert.equal(await onEngine(world()), [])
    } finally {
      engine.close()
    }
  })
})
