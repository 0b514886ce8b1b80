import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { FlowAuth, type RegistryCredentials } from '../../../adapters/docker/registryAuth.ts'
import type { CredentialsRequest } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import { assertTellsNothing, PLANTED, refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'

const never = new AbortController().signal
const alice: RegistryCredentials = { username: 'alice', password: PLANTED }
const request: CredentialsRequest = { registry: 'r.example', attempt: 1, reason: 'missing' }
const decode = (header = '') => JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))

suite('FlowAuth', (test) => {
  test('nothing configured :: nothing held', async () => {
    const auth = new FlowAuth()
    assert.is(await auth.load('r.example', never), undefined)
    assert.is(await auth.request(request, never), undefined)
    assert.is(auth.header('r.example'), undefined)
  })

  test('load :: takes what is configured, and tells the account', async () => {
    const asked: string[] = []
    const auth = new FlowAuth({
      configured: (registry) => {
        asked.push(registry)
        return alice
      },
    })
    assert.equal(await auth.load('r.example', never), { registry: 'r.example', username: 'alice' })
    assert.equal(asked, ['r.example'])
    assert.equal(decode(auth.header('r.example')), { ...alice, serveraddress: 'r.example' })
  })

  test('load :: a later one follows the configuration', async () => {
    const configured: (RegistryCredentials | undefined)[] = [
      { registrytoken: 'a' },
      { registrytoken: 'b' },
    ]
    const auth = new FlowAuth({ configured: () => configured.shift() })
    await auth.load('r.example', never)
    await auth.load('r.example', never)
    assert.is(decode(auth.header('r.example')).registrytoken, 'b')
  })

  test('Docker Hub :: has its own key', async () => {
    const auth = new FlowAuth({ configured: async () => alice })
    await auth.load('docker.io', never)
    assert.is(decode(auth.header('docker.io')).serveraddress, 'https://index.docker.io/v1/')
  })

  test('request :: hands the request and the signal to the source', async () => {
    const seen: unknown[] = []
    const auth = new FlowAuth({
      source: async (...given) => {
        seen.push(...given)
        return { identitytoken: 't' }
      },
    })
    assert.equal(await auth.request(request, never), { registry: 'r.example' })
    assert.is(seen[0], request)
    assert.is(seen[1], never)
    assert.equal(decode(auth.header('r.example')), {
      identitytoken: 't',
      serveraddress: 'r.example',
    })
  })

  test('request :: a source without an answer leaves what is held', async () => {
    const auth = new FlowAuth({ configured: () => alice, source: () => undefined })
    await auth.load('r.example', never)
    assert.is(await auth.request(request, never), undefined)
    assert.is(decode(auth.header('r.example')).username, 'alice')
  })

  test('request :: the configuration has other credentials by now, and no one is asked', async () => {
    const configured = ['old', 'new', 'new', 'newer'].map((registrytoken) => ({ registrytoken }))
    let asked = 0
    const auth = new FlowAuth({
      configured: () => configured.shift(),
      source: () => {
        asked += 1
        return alice
      },
    })
    await auth.load('r.example', never)
    assert.equal(await auth.request(request, never), { registry: 'r.example' })
    assert.is(decode(auth.header('r.example')).registrytoken, 'new')
    assert.is(asked, 0)
    assert.equal(await auth.request(request, never), { registry: 'r.example', username: 'alice' })
    assert.is(asked, 1)
    await auth.request(request, never)
    assert.equal([asked, configured.length], [2, 1], 'what a person gave goes before the rest')
  })

  test('request :: the configuration has none any more, and the source is asked', async () => {
    const configured = [{ registrytoken: 'old' }, undefined]
    const auth = new FlowAuth({ configured: () => configured.shift(), source: () => alice })
    await auth.load('r.example', never)
    assert.equal(await auth.request(request, never), { registry: 'r.example', username: 'alice' })
  })

  test('request :: a configuration that had none is not asked again', async () => {
    let asked = 0
    const auth = new FlowAuth({
      configured: () => {
        asked += 1
        return undefined
      },
    })
    await auth.load('r.example', never)
    assert.is(await auth.request(request, never), undefined)
    assert.is(asked, 1)
  })

  test('request :: null, as JavaScript has it, means no credentials', async () => {
    const auth = new FlowAuth({ source: () => null as never })
    assert.is(await auth.request(request, never), undefined)
  })

  test('submit :: holds what a person entered', () => {
    const auth = new FlowAuth()
    assert.equal(auth.submit('r.example', alice), { registry: 'r.example', username: 'alice' })
    assert.equal(auth.submit('r.example', { registrytoken: 't' }), { registry: 'r.example' })
    assert.is(decode(auth.header('r.example')).registrytoken, 't')
  })

  test('load :: does not put the configuration over what came since', async () => {
    const auth = new FlowAuth({ configured: () => ({ username: 'old', password: 'x' }) })
    auth.submit('r.example', alice)
    assert.equal(await auth.load('r.example', never), { registry: 'r.example', username: 'alice' })
    assert.is(decode(auth.header('r.example')).username, 'alice')
    assert.equal(await auth.load('s.example', never), { registry: 's.example', username: 'old' })
  })

  test('forget', () => {
    const auth = new FlowAuth()
    auth.submit('r.example', alice)
    auth.forget()
    assert.is(auth.header('r.example'), undefined)
  })

  test('shows nothing of what it holds', async () => {
    const auth = new FlowAuth({ configured: () => alice, source: () => alice })
    await auth.load('r.example', never)
    await auth.request(request, never)
    assertTellsNothing({ ...auth })
    assertTellsNothing(auth)
    assert.is(JSON.stringify(auth), '{}')
    assert.is(inspect(auth, { showHidden: true }), 'FlowAuth {}')
  })
})

suite('FlowAuth :: failure', (test) => {
  for (const given of [
    'words',
    7,
    [],
    {},
    { username: 'alice' },
    { username: '', password: PLANTED },
    { username: 'alice', password: 7 },
    { identitytoken: '' },
    { registrytoken: { token: PLANTED } },
  ]) {
    test(`${JSON.stringify(given).replace(PLANTED, '…')} :: is no credentials`, async () => {
      const auth = new FlowAuth({ source: () => given as never })
      const error = await refusedWith('host-failed', () => auth.request(request, never))
      assert.match(
        error.message,
        /^the source of credentials returned something other than a username/,
      )
      await refusedWith('host-failed', async () => auth.submit('r.example', given as never))
      assert.is(auth.header('r.example'), undefined)
    })
  }

  test('null and undefined :: are no credentials to submit', async () => {
    for (const given of [null, undefined]) {
      await refusedWith('host-failed', async () =>
        new FlowAuth().submit('r.example', given as never),
      )
    }
  })

  for (const [thrown, name] of [
    [new TypeError(PLANTED), 'TypeError'],
    [PLANTED, 'string'],
    [{ secret: PLANTED }, 'object'],
    [new EngineError('unauthorized', PLANTED), 'EngineError'],
  ] as const) {
    test(`a source that throws ${name} :: is not quoted`, async () => {
      for (const source of [
        () => {
          throw thrown
        },
        () => Promise.reject(thrown),
      ]) {
        const auth = new FlowAuth({ source })
        const error = await refusedWith('host-failed', () => auth.request(request, never))
        assert.is(error.message, `the source of credentials failed for r.example (${name})`)
      }
    })
  }

  test('a configuration that is broken :: says it in its own words', async () => {
    const broken = new EngineError(
      'invalid-configuration',
      'the Docker config /x is not valid JSON',
    )
    const auth = new FlowAuth({ configured: () => Promise.reject(broken) })
    assert.is(await auth.load('r.example', never).catch((error: unknown) => error), broken)
  })

  test('a configuration that throws anything else :: is not quoted', async () => {
    const auth = new FlowAuth({ configured: () => Promise.reject(new Error(PLANTED)) })
    const error = await refusedWith('host-failed', () => auth.load('r.example', never))
    assert.is(error.message, 'the configuration of credentials failed for r.example (Error)')
  })

  test('cancelled before :: asks no one', async () => {
    let asked = 0
    const auth = new FlowAuth({ source: () => void asked++ })
    await refusedWith('cancelled', () => auth.request(request, AbortSignal.abort()))
    assert.is(asked, 0)
  })

  test('cancelled while the source thinks :: rejects at once, and a late answer is not held', async () => {
    const controller = new AbortController()
    let answer: (credentials: RegistryCredentials) => void = () => {}
    const auth = new FlowAuth({
      source: () =>
        new Promise((resolve) => {
          answer = resolve
          controller.abort()
        }),
    })
    await refusedWith('cancelled', () => auth.request(request, controller.signal))
    answer(alice)
    await new Promise((next) => setImmediate(next))
    assert.is(auth.header('r.example'), undefined)
  })
})
