import * as assert from 'uvu/assert'
import { writeDockerConfig } from './world/dockerConfig.ts'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'
import { startTokenRegistry, type TokenRegistry } from './world/startTokenRegistry.ts'
import type { TokenAccount } from './world/tokenServer.ts'

const BEFORE: TokenAccount = {
  username: 'reader',
  password: 'first-correct-horse',
  identityToken: 'first-identity-token',
}
const AFTER: TokenAccount = {
  username: 'reader',
  password: 'second-correct-horse',
  identityToken: 'second-identity-token',
}
const loginOf = ({ username, password }: TokenAccount) => ({ username, password })
const tokenOf = ({ identityToken }: TokenAccount) => ({
  Username: '<token>',
  Secret: identityToken,
})

engineSuite('real engine :: a registry with token authentication', (test, world) => {
  let registry: TokenRegistry
  test.before(async () => {
    registry = await startTokenRegistry(world(), BEFORE)
  })
  test.after(() => registry?.close())
  test.before.each(() => {
    registry.tokens.change(BEFORE)
  })

  const plain = () => world().reference('plain', registry)
  const probe = () => world().reference('probe', registry)
  const asked = (from: number) => [...new Set(registry.tokens.requests.slice(from))]
  const visits = (states: readonly string[]) =>
    states.filter((state) => ['reauth', 'awaitConsent', 'pulling.streaming'].includes(state))
  const assertUntold = (...told: unknown[]) => {
    for (const secret of [BEFORE, AFTER].flatMap((each) => [each.password, each.identityToken])) {
      assert.not.match(JSON.stringify(told), secret)
    }
  }

  test('user and password :: wrong ones first, good ones second', async () => {
    const from = registry.tokens.requests.length
    const reasons: string[] = []
    const flow = install(world(), {
      reference: plain(),
      credentials: ({ attempt, reason }) => {
        reasons.push(`${attempt} ${reason}`)
        return loginOf(attempt === 1 ? AFTER : BEFORE)
      },
    })
    await flow.result
    assert.equal(reasons, ['1 missing', '2 refused'])
    assert.equal(await onEngine(world()), [`${plain()} enabled`])
    assert.equal(asked(from), ['anonymous', 'refused password reader', 'password reader'])
    assertUntold(flow.snapshot())
  })

  test('none :: the error names the registry, and says how to log in', async () => {
    const flow = install(world(), { reference: plain(), credentials: () => undefined })
    const error = await failure(flow)
    assert.is(error.code, 'unauthorized')
    assert.match(error.message, registry.address)
    assert.match(`${error.message} ${error.next}`, 'docker login')
    assert.equal(await onEngine(world()), [])
  })

  test('wrong ones every time', async () => {
    const credentials = () => loginOf(AFTER)
    const error = await failure(install(world(), { reference: plain(), credentials }))
    assert.is(error.code, 'unauthorized')
    assertUntold(error, error.message, error.stack)
    assert.equal(await onEngine(world()), [])
  })

  test('an identity token from a helper', async () => {
    const from = registry.tokens.requests.length
    const docker = writeDockerConfig(world().folder, { credsStore: 'world' })
    docker.helper('world', tokenOf(BEFORE))
    const flow = install(world(), { reference: plain() }, undefined, docker.env)
    await flow.result
    assert.equal(visits(flow.states), ['pulling.streaming'])
    assert.equal(asked(from), ['refresh_token'])
    assert.equal(await onEngine(world()), [`${plain()} enabled`])
  })

  test('an identity token that is refused, from a helper that has no other', async () => {
    const docker = writeDockerConfig(world().folder, { credsStore: 'world' })
    docker.helper('world', tokenOf(AFTER))
    const options = { reference: plain(), credentials: () => undefined }
    const error = await failure(install(world(), options, undefined, docker.env))
    assert.is(error.code, 'unauthorized')
    assert.match(error.message, 'did not accept the credentials')
    assertUntold(error, error.message, error.stack)
  })

  test('they expire between privileges and pull :: the source is asked, and consent is not', async () => {
    let consents = 0
    const reasons: string[] = []
    const flow = install(world(), {
      reference: probe(),
      consent: () => {
        consents += 1
        registry.tokens.change(AFTER)
        return true
      },
      credentials: ({ attempt, reason }) => {
        reasons.push(`${attempt} ${reason}`)
        return loginOf(attempt === 1 ? BEFORE : AFTER)
      },
    })
    const plugin = await flow.result
    assert.ok(plugin.enabled)
    assert.is(consents, 1)
    assert.equal(reasons, ['1 missing', '2 refused'])
    assert.equal(visits(flow.states), [
      'reauth',
      'awaitConsent',
      'pulling.streaming',
      'reauth',
      'pulling.streaming',
    ])
    assert.equal(await onEngine(world()), [`${probe()} enabled`])
  })

  test('they expire between privileges and pull :: the helper has new ones, and no one is asked', async () => {
    const docker = writeDockerConfig(world().folder, { credsStore: 'world' })
    docker.helper('world', tokenOf(BEFORE))
    let asked = 0
    const flow = install(
      world(),
      {
        reference: probe(),
        consent: () => {
          registry.tokens.change(AFTER)
          docker.helper('world', tokenOf(AFTER))
          return true
        },
        credentials: () => {
          asked += 1
          return undefined
        },
      },
      undefined,
      docker.env,
    )
    await flow.result
    assert.is(asked, 0)
    assert.equal(visits(flow.states), [
      'awaitConsent',
      'pulling.streaming',
      'reauth',
      'pulling.streaming',
    ])
    assert.equal(await onEngine(world()), [`${probe()} enabled`])
  })

  test('they expire between privileges and pull, for good', async () => {
    const flow = install(world(), {
      reference: probe(),
      consent: () => {
        registry.tokens.change(AFTER)
        return true
      },
      credentials: () => loginOf(BEFORE),
    })
    const error = await failure(flow)
    assert.is(error.code, 'unauthorized')
    assertUntold(error, error.message, error.stack, flow.snapshot())
    assert.equal(await onEngine(world()), [])
  })
})
