import * as assert from 'uvu/assert'
import type { InstallErrorCode } from '../../../../machines/catalogue.ts'
import { PLANTED_HEADER, refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const remote = '127.0.0.1:5055/acme/probe:1.0'
const digest = `sha256:${'c5'.repeat(32)}`
const auth = { registryAuth: PLANTED_HEADER }

suite('distributionInspect :: request', (test) => {
  test('GET with the reference in the path', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 200, { Descriptor: { digest } }),
      async (connection, { requests }) => {
        assert.equal(await callOn(connection, 'distributionInspect', { remote }, auth), { digest })
        const [request] = requests
        assert.is(request?.method, 'GET')
        assert.is(request?.url, '/distribution/127.0.0.1:5055/acme/probe:1.0/json')
        assert.is(request?.body, '')
        assert.is(request?.headers['x-registry-auth'], PLANTED_HEADER)
        assert.is(request?.headers['content-type'], undefined)
      },
    )
  })

  test('a reference with a digest :: as it is', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 200, { Descriptor: { digest } }),
      async (connection, { requests }) => {
        await callOn(connection, 'distributionInspect', { remote: `acme/probe:1.0@${digest}` })
        assert.is(requests[0]?.url, `/distribution/acme/probe:1.0@${digest}/json`)
        assert.is(requests[0]?.headers['x-registry-auth'], undefined)
      },
    )
  })
})

suite('distributionInspect :: an index', (test) => {
  for (const mediaType of [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
  ]) {
    test(`${mediaType} :: is no plugin, and that is said`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, { Descriptor: { mediaType, digest } }),
        async (connection) => {
          const error = await refusedWith('not-a-plugin', () =>
            callOn(connection, 'distributionInspect', { remote }),
          )
          assert.is(
            error.message,
            `${remote} is an index (${mediaType}) of several platforms, which no engine installs as a plugin`,
          )
          assert.match(error.details.next ?? '', /digest of the manifest .* platform .* engine/)
        },
      )
    })
  }

  const mediaType = 'application/vnd.oci.image.index.v1+json'
  const amd64 = { architecture: 'amd64', os: 'linux' }
  test('its platforms :: are named', async () => {
    const Platforms = [amd64, amd64, { architecture: 'arm', os: 'linux', variant: 'v7' }]
    await withEngine(
      (_, response) => answerJSON(response, 200, { Descriptor: { mediaType, digest }, Platforms }),
      async (connection) => {
        const { message } = await refusedWith('not-a-plugin', () =>
          callOn(connection, 'distributionInspect', { remote }),
        )
        assert.match(message, '+json) of linux/amd64, linux/arm/v7, which no engine')
      },
    )
  })

  for (const [Platforms, field] of [
    ['linux', 'Platforms is not a list'],
    [[{ ...amd64, os: 7 }], 'Platforms[0].os is not a string'],
  ] as const) {
    test(`${field} :: is no answer of an engine`, async () => {
      await withEngine(
        (_, response) =>
          answerJSON(response, 200, { Descriptor: { mediaType, digest }, Platforms }),
        async (connection) => {
          const { message } = await refusedWith('engine-protocol', () =>
            callOn(connection, 'distributionInspect', { remote }),
          )
          assert.ok(message.endsWith(field), message)
        },
      )
    })
  }

  test('a manifest :: is read', async () => {
    const mediaType = 'application/vnd.docker.distribution.manifest.v2+json'
    await withEngine(
      (_, response) => answerJSON(response, 200, { Descriptor: { mediaType, digest } }),
      async (connection) => {
        assert.equal(await callOn(connection, 'distributionInspect', { remote }), { digest })
      },
    )
  })
})

suite('distributionInspect :: failure', (test) => {
  const LIES: [answer: unknown, field: string][] = [
    [null, 'the answer is not an object'],
    [{}, 'Descriptor is not an object'],
    [{ Descriptor: [] }, 'Descriptor is not an object'],
    [{ Descriptor: {} }, 'Descriptor.digest is not a name'],
    [{ Descriptor: { digest: 7 } }, 'Descriptor.digest is not a name'],
    [{ Descriptor: { digest: 'sha256:short' } }, 'Descriptor.digest is not a digest'],
    [{ Descriptor: { digest: `${digest}\n` } }, 'Descriptor.digest is not a digest'],
  ]
  for (const [answer, field] of LIES) {
    test(`200 ${JSON.stringify(answer)}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, answer),
        async (connection) => {
          const error = await refusedWith('engine-protocol', () =>
            callOn(connection, 'distributionInspect', { remote }),
          )
          assert.ok(error.message.endsWith(field), error.message)
        },
      )
    })
  }

  // Answers of engine 20.10.24 for plugin references, and of newer engines for registries.
  const SAID: [status: number, words: string, code: InstallErrorCode, passes?: 'passes'][] = [
    [401, 'unauthorized: authentication required', 'unauthorized'],
    [
      500,
      'Head "https://127.0.0.1:5454/v2/acme/private/manifests/1.0": no basic auth credentials',
      'unauthorized',
    ],
    [403, 'denied: requested access to the resource is denied', 'unauthorized'],
    [
      500,
      'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n',
      'unauthorized',
    ],
    [404, 'manifest unknown: manifest unknown', 'not-found'],
    [404, 'name unknown: repository name not known to registry', 'not-found'],
    [
      500,
      'Get "http://127.0.0.1:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused',
      'registry-unreachable',
      'passes',
    ],
    [
      500,
      'Get "https://registry.invalid/v2/": dial tcp: lookup registry.invalid: no such host',
      'registry-unreachable',
    ],
    [
      500,
      'Get "https://r.example/v2/": x509: certificate signed by unknown authority',
      'registry-unreachable',
    ],
    [500, 'Get "https://r.example/v2/": EOF', 'registry-unreachable', 'passes'],
    [
      500,
      'Get "https://r.example/v2/": net/http: TLS handshake timeout',
      'registry-unreachable',
      'passes',
    ],
    [500, 'unknown: Client sent an HTTP request to an HTTPS server', 'registry-unreachable'],
    [429, 'toomanyrequests: You have reached your pull rate limit.', 'registry-unreachable'],
    [
      500,
      'received unexpected HTTP status: 503 Service Unavailable',
      'registry-unreachable',
      'passes',
    ],
    [400, 'unknown image reference format: X', 'invalid-reference'],
    [403, 'authorization denied by plugin gatekeeper: no', 'engine-access-denied'],
    [500, 'the moon is full', 'engine-failed'],
  ]
  for (const [status, words, expected, passes] of SAID) {
    test(`${status} ${JSON.stringify(words)} :: ${expected}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, status, { message: words }),
        async (connection) => {
          const error = await refusedWith(expected, () =>
            callOn(connection, 'distributionInspect', { remote }),
          )
          const { next: _, masked, ...details } = error.details
          assert.is(masked, words.includes('HTTP request to an HTTPS') || undefined)
          assert.equal(details, {
            operation: 'distributionInspect',
            status,
            engineMessage: words,
            ...(passes && { transient: true }),
          })
        },
      )
    })
  }
})
