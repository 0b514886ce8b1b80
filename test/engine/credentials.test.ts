import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { engineSuite } from './world/engineSuite.ts'
import { entering, failure, install, onEngine } from './world/flows.ts'
import { startLyingProxy } from './world/lyingProxy.ts'

const WRONG = { username: 'reader', password: 'wrong-horse' }

engineSuite('real engine :: credentials', (test, world) => {
  const locked = () => world().registries.private
  const reference = () => world().reference('private', locked())
  const good = () => ({ username: locked().username, password: locked().password })

  test('none :: the flow waits for them, and a cancel ends it', async () => {
    const flow = install(world(), { reference: reference() })
    await entering(flow, 'reauth')
    flow.cancel()
    const error = await failure(flow)
    assert.is(error.code, 'cancelled')
    assert.is(error.state, 'reauth')
    assert.equal(flow.states, ['checkPrivileges', 'reauth', 'rolledBack'])
    assert.equal(await onEngine(world()), [])
  })

  test('good ones from a source, at once', async () => {
    const flow = install(world(), { reference: reference(), credentials: good })
    await flow.result
    assert.equal(flow.states, [
      'checkPrivileges',
      'reauth',
      'checkPrivileges',
      'pulling.streaming',
      'pulling.verifying',
      'enabling',
      'done',
    ])
    assert.equal(await onEngine(world()), [`${reference()} enabled`])
  })

  test('wrong ones, then good ones, from a person', async () => {
    const flow = install(world(), { reference: reference() })
    const reasons: string[] = []
    flow.credentials$.subscribe(({ reason, attempt }) => {
      reasons.push(`${attempt} ${reason}`)
      flow.authenticate(attempt === 1 ? WRONG : good())
    })
    await flow.result
    assert.equal(reasons, ['1 missing', '2 refused'])
    assert.equal(await onEngine(world()), [`${reference()} enabled`])
  })

  test('wrong ones every time :: given up after the attempts, and no secret is shown', async () => {
    let asked = 0
    const credentials = () => {
      asked += 1
      return WRONG
    }
    const flow = install(world(), { reference: reference(), credentials, credentialsAttempts: 2 })
    const error = await failure(flow)
    assert.is(error.code, 'unauthorized')
    assert.is(asked, 2)
    assert.not.match(JSON.stringify([error, error.stack, flow.snapshot()]), WRONG.password)
    assert.equal(await onEngine(world()), [])
  })

  test('a source that has none', async () => {
    const flow = install(world(), { reference: reference(), credentials: () => undefined })
    const error = await failure(flow)
    assert.is(error.code, 'unauthorized')
    assert.match(error.message, locked().address)
    assert.equal(await onEngine(world()), [])
  })

  test('good ones, and no such repository', async () => {
    const missing = `${locked().address}/acme/nosuch:1.0`
    const flow = install(world(), { reference: missing, credentials: good })
    assert.is((await failure(flow)).code, 'not-found')
    assert.equal(await onEngine(world()), [])
  })

  test('they vanish between look-up and pull :: asked for again, and the install goes on', async () => {
    let lost = 0
    const proxy = await startLyingProxy(world().socketPath, join(world().folder, 'auth.sock'), {
      headers: (headers, _method, path) => {
        if (!path.startsWith('/plugins/pull') || lost > 0) return headers
        lost += 1
        const { 'x-registry-auth': _, ...rest } = headers
        return rest
      },
    })
    try {
      const options = { reference: reference(), credentials: good }
      const flow = install(world(), options, proxy.host)
      await flow.result
      assert.is(lost, 1)
      assert.equal(
        flow.states.filter((state) => ['reauth', 'pulling.streaming'].includes(state)),
        ['reauth', 'pulling.streaming', 'reauth', 'pulling.streaming'],
      )
      assert.equal(await onEngine(world()), [`${reference()} enabled`])
    } finally {
      await proxy.close()
    }
  })
})
