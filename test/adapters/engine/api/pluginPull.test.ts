import * as assert from 'uvu/assert'
import type { JSONMessage } from '../../../../machines/plugin.ts'
import { PLANTED_HEADER } from '../../../support/engineFailure.ts'
import type { Handler } from '../../../support/engineServer.ts'
import { rejection } from '../../../support/fakePorts.ts'
import { suite } from '../../../support/suite.ts'
import { answerLines, callOn, withEngine } from '../engineFixture.ts'

const remote = '127.0.0.1:5055/acme/probe:1.0'
const digest = `sha256:${'c5'.repeat(32)}`
const privileges = [{ Name: 'network', Description: 'a network', Value: ['host'] }]
const input = { remote, name: 'probe:1.0', privileges }

suite('pluginPull :: request', (test) => {
  test('POST with the reference, the local name and the privileges', async () => {
    await withEngine(answerLines({ status: 'done' }), async (connection, { requests }) => {
      await callOn(connection, 'pluginPull', input, { registryAuth: PLANTED_HEADER })
      const [request] = requests
      assert.is(request?.method, 'POST')
      assert.is(
        request?.url,
        '/plugins/pull?remote=127.0.0.1%3A5055%2Facme%2Fprobe%3A1.0&name=probe%3A1.0',
      )
      assert.is(request?.body, JSON.stringify(privileges))
      assert.is(request?.headers['content-type'], 'application/json')
      assert.is(request?.headers['x-registry-auth'], PLANTED_HEADER)
    })
  })

  test('no privileges :: an empty list', async () => {
    await withEngine(answerLines({ status: 'done' }), async (connection, { requests }) => {
      await callOn(connection, 'pluginPull', { remote, name: 'probe:1.0', privileges: [] })
      assert.is(requests[0]?.body, '[]')
      assert.is(requests[0]?.headers['x-registry-auth'], undefined)
    })
  })
})

suite('pluginPull :: answer', (test) => {
  const handler: Handler = (request, response, message) => {
    response.setHeader('Docker-Plugin-Name', 'probe:1.0')
    const lines = [{ id: '1.0', status: 'Pulling from x' }, { status: `Digest: ${digest}` }]
    return answerLines(...lines)(request, response, message)
  }

  test('the name and the digest', async () => {
    await withEngine(handler, async (connection) => {
      assert.equal(await callOn(connection, 'pluginPull', input), { name: 'probe:1.0', digest })
    })
  })

  test('every message, in order, once', async () => {
    const messages: JSONMessage[] = []
    await withEngine(handler, async (connection) => {
      await callOn(connection, 'pluginPull', input, { onMessage: (each) => messages.push(each) })
    })
    assert.equal(messages, [
      { id: '1.0', status: 'Pulling from x' },
      { status: `Digest: ${digest}` },
    ])
  })

  for (const lines of [
    [{ status: 'Digest: sha256:short' }],
    [{ status: 'Digest: ' }, { id: 'a' }],
    [{ id: `Digest: ${digest}` }],
  ]) {
    test(`${JSON.stringify(lines)} :: tells no digest`, async () => {
      await withEngine(answerLines(...lines), async (connection) => {
        assert.equal(await callOn(connection, 'pluginPull', input), {})
      })
    })
  }

  test('two digests :: no answer, as one of them is not what was pulled', async () => {
    const other = `sha256:${'0'.repeat(64)}`
    const lines = (last: string) => [{ status: `Digest: ${digest}` }, { status: `Digest: ${last}` }]
    await withEngine(answerLines(...lines(other)), async (connection) => {
      const error = await rejection(callOn(connection, 'pluginPull', input))
      assert.is(error.code, 'engine-protocol')
    })
    await withEngine(answerLines(...lines(digest)), async (connection) => {
      assert.equal(await callOn(connection, 'pluginPull', input), { digest })
    })
  })

  test('messages arrive while the pull goes on', async () => {
    let proceed = () => {}
    await withEngine(
      (_, response) => {
        response.writeHead(200)
        response.write('{"status":"first"}\r\n')
        proceed = () => response.end('{"status":"second"}\r\n')
      },
      async (connection) => {
        const seen: string[] = []
        const onMessage = ({ status = '' }: JSONMessage) => {
          seen.push(status)
          proceed()
        }
        await callOn(connection, 'pluginPull', input, { onMessage })
        assert.equal(seen, ['first', 'second'])
      },
    )
  })

  test('a gap shorter than the bound :: is not silence, however long the pull takes', async () => {
    await withEngine(
      (_, response) => {
        response.writeHead(200)
        let left = 24
        const beat = setInterval(() => {
          response.write(`{"status":"${left} to come"}\r\n`)
          if (--left > 0) return
          clearInterval(beat)
          response.end()
        }, 50)
      },
      async (connection) => {
        assert.equal(await callOn(connection, 'pluginPull', input), {})
      },
      { timeouts: { idle: 1_000, answer: 1_000 } },
    )
  })

  test('an engine that lets no pull begin for a while :: is waited for', async () => {
    await withEngine(
      (_, response) => {
        const timer = setTimeout(() => response.end('{"status":"on"}\r\n'), 60)
        response.on('close', () => clearTimeout(timer))
      },
      async (connection) => {
        assert.equal(await callOn(connection, 'pluginPull', input), {})
      },
      { timeouts: { answer: 20, pull: 60_000 } },
    )
  })
})
