import * as assert from 'uvu/assert'
import type { EngineVersion } from '../../../../machines/plugin.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerPing, serveBytes } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { connectTo } from '../connectTo.ts'
import { ping, withEngine } from '../engineFixture.ts'

suite('systemPing :: request', (test) => {
  test('GET without a version in the path', async () => {
    await withEngine(
      (_, response) => answerPing(response),
      async (connection, { requests }) => {
        await ping(connection)
        assert.is(requests[0]?.method, 'GET')
        assert.is(requests[0]?.url, '/_ping')
        assert.is(requests[0]?.headers['x-registry-auth'], undefined)
      },
    )
  })
})

suite('systemPing :: answer', (test) => {
  const VERSIONS: [api: string, server: string, value: EngineVersion][] = [
    ['1.25', 'Docker/1.13.1 (linux)', { apiVersion: '1.25', version: '1.13.1' }],
    ['1.41', 'Docker/20.10.24+dfsg1 (linux)', { apiVersion: '1.41', version: '20.10.24+dfsg1' }],
    ['1.51', 'Docker/28.5.1 (linux)', { apiVersion: '1.51', version: '28.5.1' }],
    ['1.52', 'Docker/29.0.0-rc.1 (linux)', { apiVersion: '1.52', version: '29.0.0-rc.1' }],
    ['1.55', 'Docker/29.7.2 (linux)', { apiVersion: '1.55', version: '29.7.2' }],
    ['1.100', 'Docker/99 (linux)', { apiVersion: '1.55', version: '99' }],
    ['2.0', 'Docker/30.0.0 (linux)', { apiVersion: '1.55', version: '30.0.0' }],
    ['1.41', 'Libpod/4.3.1 (linux)', { apiVersion: '1.41' }],
    ['1.41', 'nginx', { apiVersion: '1.41' }],
    ['1.41', '', { apiVersion: '1.41' }],
  ]
  for (const [api, server, value] of VERSIONS) {
    test(`${api} ${server}`, async () => {
      await withEngine(
        (_, response) => {
          response.setHeader('Api-Version', api)
          if (server !== '') response.setHeader('Server', server)
          response.end('OK')
        },
        async (connection) => assert.equal(await ping(connection), value),
      )
    })
  }
})

suite('systemPing :: failure', (test) => {
  for (const api of ['1.24', '1.9', '0.99']) {
    test(`API ${api} :: is too old`, async () => {
      await withEngine(
        (_, response) => answerPing(response, api),
        async (connection, { host }) => {
          const error = await refusedWith('engine-unsupported', () => ping(connection))
          assert.is(
            error.message,
            `the engine at ${host} speaks API ${api}: plugins need 1.25 (Docker 1.13) at least`,
          )
        },
      )
    })
  }

  for (const api of [undefined, '', 'latest', '1', '1.41.0', '1.x', '-1.41']) {
    test(`API ${api} :: is not a version`, async () => {
      await withEngine(
        (_, response) => {
          if (api !== undefined) response.setHeader('Api-Version', api)
          response.end('OK')
        },
        async (connection) => {
          const error = await refusedWith('engine-protocol', () => ping(connection))
          assert.match(error.message, /it answered systemPing with no API version$/)
        },
      )
    })
  }

  const doors: [status: number, body: string, words: string][] = [
    [401, '{"message":"Invalid JWT token"}', 'Invalid JWT token'],
    [403, 'no entry', 'no entry'],
    [407, '', 'it answered with status 407 and no words'],
  ]
  for (const [status, body, words] of doors) {
    test(`a proxy in front of an engine denies access :: status ${status}`, async () => {
      await withEngine(
        (_, response) => response.writeHead(status).end(body),
        async (connection, { host }) => {
          const error = await refusedWith('engine-access-denied', () => ping(connection))
          const line = `what answers at ${host} does not let this client in: ${words}`
          assert.is(error.message, line)
          assert.is(error.details.status, status)
        },
      )
    })
  }

  test('a web page of a proxy that denies access', async () => {
    await withEngine(
      (_, response) => response.writeHead(407).end('<html>Proxy Authentication Required</html>'),
      async (connection, { host }) => {
        const error = await refusedWith('engine-access-denied', () => ping(connection))
        const line = `what stands before the engine at ${host} does not let this client in: it answered systemPing with a web page (status 407)`
        assert.is(error.message, line)
      },
    )
  })

  test('an engine that wants TLS', async () => {
    const words = 'Client sent an HTTP request to an HTTPS server.\n'
    const server = await serveBytes((socket) =>
      socket.end(`HTTP/1.0 400 Bad Request\r\n\r\n${words}`),
    )
    const connection = connectTo({ host: server.host })
    try {
      const error = await refusedWith('engine-protocol', () => ping(connection))
      assert.is(
        error.message,
        `what answers at ${server.host} wants TLS, which was not asked for: ${words.trim()}`,
      )
    } finally {
      connection.close()
      await server.close()
    }
  })
})
