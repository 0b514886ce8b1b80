import * as assert from 'uvu/assert'
import { PLANTED_HEADER, refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const remote = '127.0.0.1:5055/acme/probe:1.0'

const ANSWERS: [answer: unknown, privileges: unknown, hidden?: boolean][] = [
  [null, []],
  [[], [], true],
  [
    [{ Name: 'network', Description: 'a network', Value: ['host'], Extra: 1 }],
    [{ Name: 'network', Description: 'a network', Value: ['host'] }],
  ],
  [[{ Name: 'mount' }], [{ Name: 'mount', Description: '', Value: [] }]],
  [
    [{ Name: 'mount', Description: null, Value: null }],
    [{ Name: 'mount', Description: '', Value: [] }],
  ],
]

const LIES: [answer: unknown, field: string][] = [
  [{}, 'the answer is not a list'],
  ['network', 'the answer is not a list'],
  [0, 'the answer is not a list'],
  [false, 'the answer is not a list'],
  [[null], 'the answer[0] is not an object'],
  [[['network']], 'the answer[0] is not an object'],
  [['network'], 'the answer[0] is not an object'],
  [[{}], 'the answer[0].Name is not a name'],
  [[{ Name: '' }], 'the answer[0].Name is not a name'],
  [[{ Name: 'a', Description: 1 }], 'the answer[0].Description is not a string'],
  [[{ Name: 'a' }, { Name: 'b', Value: 'x' }], 'the answer[1].Value is not a list'],
  [[{ Name: 'a', Value: ['x', null] }], 'the answer[0].Value[1] is not a string'],
]

suite('getPluginPrivileges :: request', (test) => {
  test('GET with the reference, and no body', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 200, null),
      async (connection, { requests }) => {
        await callOn(
          connection,
          'getPluginPrivileges',
          { remote },
          { registryAuth: PLANTED_HEADER },
        )
        const [request] = requests
        assert.is(request?.method, 'GET')
        assert.is(request?.url, '/plugins/privileges?remote=127.0.0.1%3A5055%2Facme%2Fprobe%3A1.0')
        assert.is(request?.body, '')
        assert.equal(request?.headers, {
          accept: 'application/json',
          'user-agent': 'docker-plugin-flow',
          'x-registry-auth': PLANTED_HEADER,
          host: 'localhost',
          connection: 'close',
        })
      },
    )
  })

  test('no credentials :: no header', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 200, null),
      async (connection, { requests }) => {
        await callOn(connection, 'getPluginPrivileges', { remote })
        assert.not.ok('x-registry-auth' in (requests[0]?.headers ?? {}))
      },
    )
  })
})

suite('getPluginPrivileges :: answer', (test) => {
  for (const [answer, privileges, hidden = false] of ANSWERS) {
    test(JSON.stringify(answer), async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, answer),
        async (connection) => {
          const found = await callOn(connection, 'getPluginPrivileges', { remote })
          assert.equal(found, { privileges, hidden })
        },
      )
    })
  }
})

suite('getPluginPrivileges :: failure', (test) => {
  for (const [answer, field] of LIES) {
    test(`200 ${JSON.stringify(answer)}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, answer),
        async (connection) => {
          const error = await refusedWith('engine-protocol', () =>
            callOn(connection, 'getPluginPrivileges', { remote }),
          )
          assert.ok(
            error.message.endsWith(
              `it answered getPluginPrivileges with JSON that is not as documented: ${field}`,
            ),
            error.message,
          )
        },
      )
    })
  }

  for (const body of ['', 'null null', '[', 'OK']) {
    test(`200 ${JSON.stringify(body)} :: no JSON`, async () => {
      await withEngine(
        (_, response) => response.end(body),
        async (connection) => {
          const error = await refusedWith('engine-protocol', () =>
            callOn(connection, 'getPluginPrivileges', { remote }),
          )
          assert.match(error.message, /with something that is no JSON$/)
        },
      )
    })
  }

  test('an answer without end :: is given up', async () => {
    await withEngine(
      (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20)));
        }
        response.on('drain', more)
        more()
      },
      async (connection, server) => {
        const error = await refusedWith('engine-protocol', () =>
          callOn(connection, 'getPluginPrivileges', { remote }),
        )
        assert.match(error.message, /with more than 1048576 bytes$/)
        await server.connectionClosed()
      },
    )
  })

  test('an answer that stalls', async () => {
    await withEngine(
      (_, response) => response.write('[{"Name":'),
      async (connection, server) => {
        await refusedWith('timed-out', () => callOn(connection, 'getPluginPrivileges', { remote }))
        await server.connectionClosed()
      },
      { timeouts: { answer: 200 } },
    )
  })

  // Engines before API 1.41 told what they could not do.
  const OLD = [
    [401, 'unauthorized: authentication required', 'unauthorized'],
    [403, 'forbidden', 'unauthorized'],
    [404, 'repository acme/probe not found', 'not-found'],
    [404, 'nothing of the kind', 'not-found'],
    [
      404,
      "pull access denied for acme/probe, repository does not exist or may require 'docker login'",
      'unauthorized',
    ],
    [404, 'page not found', 'engine-unsupported'],
    [
      500,
      'Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host',
      'registry-unreachable',
    ],
  ] as const
  for (const [status, message, code] of OLD) {
    test(`${status} ${message} :: ${code}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, status, { message }),
        async (connection) => {
          const error = await refusedWith(code, () =>
            callOn(connection, 'getPluginPrivileges', { remote }),
          )
          assert.is(error.details.engineMessage, message)
        },
      )
    })
  }
})
