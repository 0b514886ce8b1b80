import * as assert from 'uvu/assert'
import { definePlugin, type EmbeddedEngine, sampleRegistries } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { get, message, post, pull, withEngine } from './engines.ts'

const PRIVATE = 'registry.example.com/acme/private:1.0'
const demo = { username: 'demo', password: 'demo' }
const wrong = { username: 'demo', password: 'wrong' }

const registries = {
  ...sampleRegistries,
  'down.example.com': { reachable: false, repositories: {} },
  '192.0.2.7:5000': { reachable: false, repositories: {} },
  'token.example.com': {
    auth: { kind: 'token' as const, accounts: { demo: 'demo' } },
    repositories: { a: { latest: definePlugin(), index: definePlugin({ kind: 'index' }) } },
  },
}

const pulled = async (engine: EmbeddedEngine, remote: string, auth?: unknown) => {
  const answer = await post(engine, `/plugins/pull?remote=${remote}`, null, auth)
  return `${answer.status} ${answer.status === 200 ? '' : message(answer)}`.trim()
}

const inspected = async (engine: EmbeddedEngine, remote: string, auth?: unknown) => {
  const answer = await get(engine, `/distribution/${remote}/json`, auth)
  return `${answer.status} ${answer.status === 200 ? '' : message(answer)}`.trim()
}

suite('embedded registries', (test) => {
  test('registry.example.com :: with good credentials', async () => {
    await withEngine({ registries }, async (engine) => {
      const { body } = await get(engine, `/plugins/privileges?remote=${PRIVATE}`, demo)
      const privileges = JSON.parse(body)
      assert.equal(privileges[0].Value, ['host'])
      const answer = await post(engine, `/plugins/pull?remote=${PRIVATE}`, privileges, demo)
      assert.is(answer.status, 200)
      assert.equal(
        engine.plugins().map(({ Name }) => Name),
        [PRIVATE],
      )
      assert.is(await inspected(engine, PRIVATE, demo), '200')
    })
  })

  for (const [name, auth] of [
    ['wrong', wrong],
    ['no', undefined],
  ] as const) {
    test(`registry.example.com :: with ${name} credentials`, async () => {
      await withEngine({ registries }, async (engine) => {
        const { body } = await get(engine, `/plugins/privileges?remote=${PRIVATE}`, auth)
        assert.is(body, '[]\n')
        assert.is(
          await pulled(engine, PRIVATE, auth),
          '500 error resolving plugin reference: pulling from host registry.example.com failed with status code [manifests 1.0]: 401 Unauthorized',
        )
        assert.is(
          await inspected(engine, PRIVATE, auth),
          auth
            ? '401 unauthorized: authentication required'
            : '500 Head "https://registry.example.com/v2/acme/private/manifests/1.0": no basic auth credentials',
        )
        assert.equal(engine.plugins(), [])
      })
    })
  }

  test('a name that is no account is a wrong one, whatever it is', async () => {
    await withEngine({ registries }, async (engine) => {
      for (const username of ['nobody', 'constructor']) {
        const outcome = await inspected(engine, PRIVATE, { username, password: 'demo' })
        assert.is(outcome, '401 unauthorized: authentication required')
      }
      const without = await inspected(engine, PRIVATE, { username: 'nobody' })
      assert.is(without, '401 unauthorized: authentication required')
    })
  })

  for (const username of [7, { toString: false }]) {
    test(`credentials of the wrong type are no credentials :: ${JSON.stringify(username)}`, async () => {
      await withEngine({ registries }, async (engine) => {
        const outcome = await inspected(engine, PRIVATE, { username, password: 'demo' })
        assert.match(outcome, 'no basic auth credentials')
        const { status } = await post(engine, '/auth', {
          username,
          password: 'demo',
          serveraddress: { toString: false },
        })
        assert.ok(status !== null && status >= 400)
      })
    })
  }

  for (const [serveraddress, username, expected] of [
    ['registry.example.com', 'demo', '200 Login Succeeded'],
    ['https://registry.example.com/v1/', 'demo', '200 Login Succeeded'],
    ['https://index.docker.io/v1/', 'demo', '200 Login Succeeded'],
    [
      'registry.example.com',
      'mallory',
      '500 login attempt to https://registry.example.com/v2/ failed with status: 401 Unauthorized',
    ],
    [
      'token.example.com',
      'mallory',
      '401 Get "https://token.example.com/v2/": unauthorized: incorrect username or password',
    ],
    [
      'nowhere.example.com',
      'demo',
      '500 Get "https://nowhere.example.com/v2/": dial tcp: lookup nowhere.example.com on 127.0.0.53:53: no such host',
    ],
    [
      '192.0.2.7:5000',
      'demo',
      '500 Get "https://192.0.2.7:5000/v2/": dial tcp 192.0.2.7:5000: connect: connection refused',
    ],
  ]) {
    test(`a login of ${username} at ${serveraddress}`, async () => {
      await withEngine({ registries }, async (engine) => {
        const answer = await post(engine, '/auth', { username, password: 'demo', serveraddress })
        const { Status, message } = JSON.parse(answer.body)
        assert.is(`${answer.status} ${Status ?? message}`, expected)
      })
    })
  }

  test('an identity token is nothing to a registry with passwords', async () => {
    await withEngine({ registries }, async (engine) => {
      const identitytoken = 'x'
      assert.match(
        await inspected(engine, PRIVATE, { identitytoken }),
        /no basic auth credentials$/,
      )
      assert.is(await inspected(engine, PRIVATE, { ...demo, identitytoken }), '200')
    })
  })

  test('a name that every object has is no host and no repository', async () => {
    await withEngine({ registries }, async (engine) => {
      assert.match(await pulled(engine, 'toString/a'), /lookup toString on .* no such host$/)
      assert.match(
        await pulled(engine, 'token.example.com/constructor', demo),
        /pull access denied/,
      )
    })
  })

  test('a header whose JSON is no object is no credentials', async () => {
    await withEngine({ registries }, async (engine) => {
      for (const value of [null, 100, []]) {
        assert.match(await inspected(engine, PRIVATE, value), /no basic auth credentials$/)
      }
    })
  })

  test('docker.io :: what anybody may read is read with any credentials', async () => {
    await withEngine({ registries }, async (engine) => {
      assert.is(await inspected(engine, 'vieux/sshfs'), '200')
      assert.is(await pulled(engine, 'acme/plain', wrong), '200')
    })
  })

  test('docker.io :: a repository it lacks is denied, a tag is not found', async () => {
    await withEngine({ registries }, async (engine) => {
      assert.is(
        await pulled(engine, 'acme/nosuch'),
        '500 error resolving plugin reference: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      )
      assert.is(
        await pulled(engine, 'acme/plain:2.0'),
        '404 error resolving plugin reference: docker.io/acme/plain:2.0: not found',
      )
      assert.is(await inspected(engine, 'acme/plain:2.0'), '404 manifest unknown: manifest unknown')
      assert.is(await inspected(engine, 'acme/nosuch'), '401 unauthorized: authentication required')
    })
  })

  test('a registry with tokens that has none takes none', async () => {
    await withEngine({ registries }, async (engine) => {
      assert.is(
        await pulled(engine, 'token.example.com/a', { identitytoken: 'x' }),
        '500 error resolving plugin reference: failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized',
      )
      assert.is(await pulled(engine, 'token.example.com/a', demo), '200')
    })
  })

  test('an index is reported as one', async () => {
    await withEngine({ registries }, async (engine) => {
      const types = ['a', 'a:index'].map(async (name) => {
        const { body } = await get(engine, `/distribution/token.example.com/${name}/json`, demo)
        return JSON.parse(body).Descriptor.mediaType
      })
      assert.equal(await Promise.all(types), [
        'application/vnd.docker.distribution.manifest.v2+json',
        'application/vnd.docker.distribution.manifest.list.v2+json',
      ])
    })
  })

  test('unreachable registries say how', async () => {
    await withEngine({ registries }, async (engine) => {
      const lookup = 'dial tcp: lookup nosuch.example.com on 127.0.0.53:53: no such host'
      assert.is(
        await inspected(engine, 'nosuch.example.com:5000/a'),
        `500 Get "https://nosuch.example.com:5000/v2/": ${lookup}`,
      )
      const refused = (address: string) => `dial tcp ${address}: connect: connection refused`
      assert.is(
        await inspected(engine, 'down.example.com/a'),
        `500 Get "https://down.example.com/v2/": ${refused('192.0.2.1:443')}`,
      )
      assert.is(
        await pulled(engine, '192.0.2.7:5000/a'),
        `500 error resolving plugin reference: failed to do request: Head "https://192.0.2.7:5000/v2/a/manifests/latest": ${refused('192.0.2.7:5000')}`,
      )
      assert.match(await pulled(engine, '192.0.2.8/a'), refused('192.0.2.8:443'))
    })
  })

  test('invalid references are refused in the words of the engine', async () => {
    await withEngine({ registries }, async (engine) => {
      const id = 'a'.repeat(64)
      const general = 'invalid reference format'
      assert.is(
        await pulled(engine, id),
        `500 invalid repository name (${id}), cannot specify 64-byte hexadecimal strings`,
      )
      assert.is(await pulled(engine, 'A'), `500 ${general}: repository name must be lowercase`)
      assert.is(
        await pulled(engine, `example.com/${'a'.repeat(255)}`),
        '500 repository name must not be more than 255 characters',
      )
      assert.is(await inspected(engine, 'a:-'), `400 ${general}`)
    })
  })

  test('distribution takes the digest that a pull dies of', async () => {
    await withEngine({ registries }, async (engine) => {
      const { body } = await get(engine, '/distribution/acme/plain/json')
      const { digest } = JSON.parse(body).Descriptor
      assert.is(await inspected(engine, `acme/plain@${digest}`), '200')
      assert.is((await pull(engine, `acme/plain@${digest}`)).error, 'socket hang up')
    })
  })
})
