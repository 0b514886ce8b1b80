import * as assert from 'uvu/assert'
import { authHeader } from '../../../../adapters/docker/registryCredentials.ts'
import type { InstallErrorCode } from '../../../../machines/catalogue.ts'
import { PLANTED, PLANTED_HEADER, refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const remote = 'registry.example/acme/probe:1.0'
const auth = { registryAuth: PLANTED_HEADER }

suite('systemAuth :: request', (test) => {
  test('POST with what the header says as its body', async () => {
    await withEngine(
      (_, response) =>
        answerJSON(response, 200, { IdentityToken: PLANTED, Status: 'Login Succeeded' }),
      async (connection, { requests }) => {
        assert.is(await callOn(connection, 'systemAuth', { remote }, auth), undefined)
        const [request] = requests
        assert.is(request?.method, 'POST')
        assert.is(request?.url, '/auth')
        assert.equal(JSON.parse(String(request?.body)), {
          username: 'alice',
          password: PLANTED,
          serveraddress: 'registry.example',
        })
      },
    )
  })

  test('a registrytoken, which an engine does not check :: is not sent', async () => {
    await withEngine(
      (_, response) => response.end(),
      async (connection, { requests }) => {
        const registryAuth = authHeader({ registrytoken: PLANTED }, 'registry.example')
        const { details } = await refusedWith('unauthorized', () =>
          callOn(connection, 'systemAuth', { remote }, { registryAuth }),
        )
        assert.equal(details, { operation: 'systemAuth', unsent: true })
        assert.equal(requests, [])
      },
    )
  })
})

suite('systemAuth :: failure', (test) => {
  const SAID: [status: number, words: string, code: InstallErrorCode, masked?: true][] = [
    [
      401,
      'Get "https://registry.example/v2/": unauthorized: incorrect username or password',
      'unauthorized',
    ],
    [
      500,
      `login attempt to https://registry.example/v2/ failed with status: 401 Unauthorized (${PLANTED})`,
      'unauthorized',
    ],
    [500, 'Client sent an HTTP request to an HTTPS server.', 'registry-unreachable', true],
    [
      500,
      'Get "http://127.0.0.1:5443/v2/": read tcp 127.0.0.1:44444->127.0.0.1:5443: read: connection reset by peer',
      'registry-unreachable',
      true,
    ],
  ]
  for (const [status, words, code, masked] of SAID) {
    test(`${status} ${JSON.stringify(words)} :: ${code}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, status, { message: words }),
        async (connection) => {
          const { details } = await refusedWith(code, () =>
            callOn(connection, 'systemAuth', { remote }, auth),
          )
          assert.is(details.masked, masked)
        },
      )
    })
  }
})
