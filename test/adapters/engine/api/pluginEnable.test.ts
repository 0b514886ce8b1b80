import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const name = '127.0.0.1:5055/acme/probe:1.0'

suite('pluginEnable :: request', (test) => {
  for (const timeout of [0, 30]) {
    test(`POST with the timeout ${timeout}, no body and no Content-Type`, async () => {
      await withEngine(
        (_, response) => response.writeHead(200).end(),
        async (connection, { requests }) => {
          assert.is(await callOn(connection, 'pluginEnable', { name, timeout }), undefined)
          const [request] = requests
          assert.is(request?.method, 'POST')
          assert.is(
            request?.url,
            `/plugins/127.0.0.1:5055/acme/probe:1.0/enable?timeout=${timeout}`,
          )
          assert.is(request?.body, '')
          assert.is(request?.headers['content-length'], '0')
          assert.is(request?.headers['content-type'], undefined)
          assert.is(request?.headers['x-registry-auth'], undefined)
        },
      )
    })
  }

  test('its bound is not that of other answers, and the timeout comes on top', async () => {
    await withEngine(
      (_, response) => setTimeout(() => response.writeHead(200).end(), 60),
      async (connection) => {
        const timeouts = { timeouts: { ...connection.timeouts, answer: 20, enable: 20 } }
        await callOn({ ...connection, ...timeouts }, 'pluginEnable', { name, timeout: 5 })
        await refusedWith('timed-out', () =>
          callOn({ ...connection, ...timeouts }, 'pluginEnable', { name, timeout: 0 }),
        )
      },
      { timeouts: { answer: 20 } },
    )
  })

  test('a timeout that no timer can hold :: is waited for as long as one can', async () => {
    await withEngine(
      (_, response) => response.writeHead(200).end(),
      async (connection) => {
        await callOn(connection, 'pluginEnable', { name, timeout: Number.MAX_SAFE_INTEGER })
      },
    )
  })
})

suite('pluginEnable :: failure', (test) => {
  for (const timeout of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1' as never]) {
    test(`the timeout ${JSON.stringify(timeout)} :: is not sent`, async () => {
      await withEngine(
        (_, response) => response.end(),
        async (connection, { requests }) => {
          const error = await refusedWith('invalid-option', () =>
            callOn(connection, 'pluginEnable', { name, timeout }),
          )
          assert.match(
            error.message,
            `the timeout to enable ${name} is ${timeout}: it must be whole`,
          )
          assert.equal(requests, [])
        },
      )
    })
  }

  for (const [message, code] of [
    [
      'dial unix /run/docker/plugins/5f/a.sock: connect: connection refused',
      'plugin-did-not-listen',
    ],
    [
      'OCI runtime create failed: rootfs_linux.go:58: mounting "/x" to rootfs caused "stat /x: no such file or directory"',
      'mount-source-missing',
    ],
    [
      'OCI runtime create failed: exec: "/probe": stat /probe: no such file or directory: unknown',
      'enable-failed',
    ],
  ] as const) {
    test(`500 ${message} :: ${code}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 500, { message }),
        async (connection) => {
          const error = await refusedWith(code, () =>
            callOn(connection, 'pluginEnable', { name, timeout: 0 }),
          )
          assert.is(error.details.engineMessage, message)
          assert.ok(error.message.includes(name))
        },
      )
    })
  }
})
