import { getEventListeners } from 'node:events'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { operations } from '../../../adapters/engine/api/operations.ts'
import type { EngineConnection } from '../../../adapters/engine/http/connectEngine.ts'
import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import type { OperationId } from '../../../machines/engine.ts'
import { isEngineError } from '../../../machines/errors.ts'
import {
  assertTellsNothing,
  PLANTED,
  PLANTED_HEADER,
  refusedWith,
} from '../../support/engineFailure.ts'
import { answerJSON, type Handler, serveBytes } from '../../support/engineServer.ts'
import { connectTo } from './connectTo.ts'
import { callOn, inputs, never, withEngine } from './engineFixture.ts'

/** The codes for unknown words. */
const FAILED: { readonly [Id in OperationId]?: InstallErrorCode } = {
  pluginPull: 'pull-failed',
  pluginSet: 'set-failed',
  pluginEnable: 'enable-failed',
  pluginUpgrade: 'upgrade-failed',
}

/** The tests of failure that every operation has. */
export function failsAsEveryOperation(test: Test, operation: OperationId): void {
  const failed = FAILED[operation] ?? 'engine-failed'
  const cut = operations[operation].kind === 'pull' ? 'pull-interrupted' : 'engine-unreachable'
  const call = (connection: EngineConnection, signal: AbortSignal): Promise<unknown> =>
    callOn(connection, operation, inputs[operation], { signal, registryAuth: PLANTED_HEADER })
  const refuses = (code: InstallErrorCode, handler: Handler) =>
    withEngine(handler, async (connection, server) => {
      const { signal } = new AbortController()
      const error = await refusedWith(code, () => call(connection, signal))
      assert.equal(getEventListeners(signal, 'abort'), [], 'a listener is left behind')
      assert.is(error.details.operation, operation)
      return { error, server }
    })

  test('no socket there', async () => {
    const connection = connectTo({ host: 'unix:///nonexistent/engine.sock' })
    const error = await refusedWith('engine-unreachable', () => call(connection, never))
    assert.is(
      error.message,
      'no Docker Engine answers at unix:///nonexistent/engine.sock: there is no such socket',
    )
    assert.equal(error.details, { operation, unsent: true })
  })

  test('nothing listens', async () => {
    const { host, close } = await serveBytes(() => {})
    await close()
    const connection = connectTo({ host })
    const error = await refusedWith('engine-unreachable', () => call(connection, never))
    assert.is(error.message, `no Docker Engine answers at ${host}: nothing listens there`)
  })

  test('no HTTP', async () => {
    const server = await serveBytes((socket) => socket.end('220 mail.example ESMTP\r\n'))
    const connection = connectTo({ host: server.host })
    try {
      const error = await refusedWith('engine-protocol', () => call(connection, never))
      assert.match(error.message, `${server.host} does not speak as a Docker Engine does`)
      assert.match(error.message, `it answered ${operation} with something that is no HTTP`)
    } finally {
      connection.close()
      await server.close()
    }
  })

  test('hung up before an answer', async () => {
    const { error } = await refuses(cut, (_, response) => response.destroy())
    assert.is(error.details.status, undefined)
  })

  test('hung up inside an answer', async () => {
    await refuses(cut, (_, response) => {
      response.writeHead(200, { 'Content-Length': '100' })
      response.write('{"Na', () => response.destroy())
    })
  })

  for (const status of [301, 302, 304, 307]) {
    test(`status ${status} :: is not followed`, async () => {
      const { error, server } = await refuses('engine-protocol', (_, response) =>
        response.writeHead(status, { Location: '/_ping' }).end(),
      )
      assert.match(error.message, `a redirection (status ${status})`)
      assert.is(error.details.status, status)
      assert.is(server.requests.length, 1)
    })
  }

  test('status 999 :: is no refusal', async () => {
    const { error } = await refuses('engine-protocol', (_, response) =>
      response.writeHead(999).end('{"message":"the moon is full"}'),
    )
    assert.match(error.message, /a status that has no meaning \(999\)$/)
  })

  test('a web page :: with a content type', async () => {
    const { error } = await refuses('engine-protocol', (_, response) =>
      response.writeHead(500, { 'Content-Type': 'text/html' }).end('Oops'),
    )
    assert.match(error.message, 'a web page (status 500)')
  })

  test('a web page :: without', async () => {
    const { error } = await refuses('engine-protocol', (_, response) =>
      response.writeHead(404).end(' <!doctype html><h1>Not here'),
    )
    assert.match(error.message, 'a web page (status 404)')
  })

  test('a success that is a web page', async () => {
    await refuses('engine-protocol', (_, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><h1>Welcome'),
    )
  })

  for (const [title, value] of deepValues()) {
    test(`nested too deep :: ${title}`, async () => {
      await refuses('engine-protocol', (_, response) =>
        response.writeHead(200, { 'Content-Type': 'application/json' }).end(value),
      )
    })
  }

  const gateways: [status: number, body: string][] = [
    [502, '<html>Bad Gateway</html>'],
    [502, '{"message":"no healthy upstream"}'],
    [503, 'no healthy upstream'],
    [503, '{"error":{"code":503}}'],
    [504, ''],
    [504, '{"message":"Endpoint request timed out"}'],
  ]
  for (const [status, body] of gateways) {
    test(`a proxy without an engine :: status ${status} with "${body}"`, async () => {
      const { error } = await refuses('engine-unreachable', (_, response) =>
        response.writeHead(status).end(body),
      )
      const said = `had no answer of the engine to ${operation} of .* \\(status ${status}\\)$`
      assert.match(error.message, new RegExp(said))
      assert.equal(error.details, { operation, status })
    })
  }

  test('status 503 with a message :: is of the engine', async () => {
    const { error } = await refuses(failed, (_, response) =>
      answerJSON(response, 503, { message: 'the moon is full' }),
    )
    assert.is(error.details.engineMessage, 'the moon is full')
  })

  test('a switch to another protocol :: is noticed at once', async () => {
    const { error, server } = await refuses('engine-protocol', (_, response) => {
      response.socket?.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
      )
    })
    assert.match(error.message, `it answered ${operation} with a switch to another protocol`)
    await server.connectionClosed()
  })

  for (const body of ['{"error":"?"}', '{"message":7}', '[]', 'null', '7', '"words"']) {
    test(`status 500 with ${body}`, async () => {
      const { error } = await refuses('engine-protocol', (_, response) =>
        response.writeHead(500, { 'Content-Type': 'application/json' }).end(body),
      )
      assert.match(error.message, 'an error of another form (status 500)')
    })
  }

  test('compressed', async () => {
    const { error } = await refuses('engine-protocol', (_, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('[]')),
    )
    assert.match(error.message, 'a compressed body, which was not asked for')
  })

  test('words as plain text', async () => {
    const { error } = await refuses(failed, (_, response) =>
      response.writeHead(500, { 'Content-Type': 'text/plain' }).end('the moon is full\n'),
    )
    assert.is(error.details.engineMessage, 'the moon is full')
    assert.match(error.message, /: the moon is full$/)
  })

  test('no words', async () => {
    const { error } = await refuses(failed, (_, response) => response.writeHead(500).end())
    assert.equal(error.details, { operation, status: 500 })
    assert.match(error.message, /it answered with status 500 and no words$/)
  })

  test('endless words :: are read in part', async () => {
    const piece = 'on and on '.repeat(1_000)
    let pieces = 0
    const { error } = await refuses(failed, (_, response) => {
      response.writeHead(500, { 'Content-Type': 'text/plain' })
      const more = () => {
        for (; !response.destroyed && response.write(piece); pieces++);
      }
      response.on('drain', more)
      more()
    })
    assert.is(error.details.engineMessage?.length, 8_192)
    assert.ok(pieces < 1_000, `${pieces} pieces were read`)
  })

  test('hung up inside the words of an error', async () => {
    const { error } = await refuses(failed, (_, response) => {
      response.writeHead(500, { 'Content-Length': '100' })
      response.write('{"message":"the moon', () => response.destroy())
    })
    assert.equal(error.details, { operation, status: 500, engineMessage: '{"message":"the moon' })
  })

  test('words that stall :: are waited for no longer than for an answer', async () => {
    await withEngine(
      (_, response) => response.writeHead(500).write('the moon'),
      async (connection, server) => {
        const started = performance.now()
        const error = await refusedWith(failed, () => call(connection, never))
        assert.ok(performance.now() - started < 30_000)
        assert.is(error.details.engineMessage, 'the moon')
        await server.connectionClosed()
      },
      { timeouts: { answer: 500 } },
    )
  })

  test('the secret in the words :: does not come out', async () => {
    const basic = JSON.stringify(PLANTED)
    const message = `bad header ${PLANTED_HEADER}, that is ${basic}, alice:${PLANTED}`
    for (const status of [400, 401, 403, 404, 409, 500]) {
      await withEngine(
        (_, response) => answerJSON(response, status, { message }),
        async (connection) => {
          const error = await call(connection, never).catch((thrown: unknown) => thrown)
          assert.ok(isEngineError(error))
          // No answer to a request without credentials can quote them.
          if ('remote' in inputs[operation]) assertTellsNothing(error)
        },
      )
    }
  })

  test('any bytes as an error :: are one', async () => {
    let status = 500
    let body: Uint8Array = Buffer.alloc(0)
    await withEngine(
      (_, response) => response.writeHead(status).end(body),
      async (connection) => {
        const answers = fc.record({
          status: fc.integer({ min: 300, max: 599 }),
          body: fc.oneof(
            fc.uint8Array({ maxLength: 300 }),
            fc.json().map((text) => Buffer.from(text)),
            fc
              .uint16Array({ maxLength: 60 })
              .map((units) => JSON.stringify({ message: String.fromCharCode(...units) }))
              .map((text) => Buffer.from(text)),
          ),
        })
        await fc.assert(
          fc.asyncProperty(answers, async (answer) => {
            status = answer.status
            body = answer.body
            const error = await call(connection, never).catch((thrown: unknown) => thrown)
            assert.ok(error === undefined || isEngineError(error), String(error))
            if (isEngineError(error)) assert.match(error.message, /^[^\p{Cc}\u2028\u2029]+$/u)
          }),
          { numRuns: 40 },
        )
      },
    )
  })

  test('no answer in time', async () => {
    await withEngine(
      () => {},
      async (connection, server) => {
        const error = await refusedWith('timed-out', () => call(connection, never))
        assert.match(error.message, `the engine at ${server.host} took too long over ${operation}`)
        await server.connectionClosed()
      },
      { timeouts: { answer: 200, enable: 200, pull: 200 } },
    )
  })

  test('cancelled before it is sent', async () => {
    await withEngine(
      (_, response) => response.end(),
      async (connection, { requests }) => {
        const error = await refusedWith('cancelled', () => call(connection, AbortSignal.abort()))
        assert.equal(error.details, { operation })
        assert.equal(requests, [])
      },
    )
  })

  test('cancelled while the answer is awaited', async () => {
    const controller = new AbortController()
    await withEngine(
      () => controller.abort(new Error(PLANTED)),
      async (connection, server) => {
        await refusedWith('cancelled', () => call(connection, controller.signal))
        await server.connectionClosed()
      },
    )
  })

  test('cancelled inside the answer', async () => {
    const controller = new AbortController()
    await withEngine(
      (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' })
        response.write('{"Na', () => setImmediate(() => controller.abort()))
      },
      async (connection, server) => {
        await refusedWith('cancelled', () => call(connection, controller.signal))
        await server.connectionClosed()
      },
    )
  })

  test('cancelled inside the words of an error', async () => {
    const controller = new AbortController()
    await withEngine(
      (_, response) => {
        response.writeHead(500, { 'Content-Type': 'application/json' })
        response.write('{"mess', () => setImmediate(() => controller.abort()))
      },
      async (connection, server) => {
        await refusedWith('cancelled', () => call(connection, controller.signal))
        await server.connectionClosed()
      },
    )
  })
}

/** JSON in which a function that calls itself for each level runs out of stack. */
function deepValues(): [title: string, value: string][] {
  const levels = 100_000
  const inObject = (deep: string) => `{"status":"x","Id":"x","aux":${deep}}\r\n`
  return [
    ['lists', inObject('['.repeat(levels) + ']'.repeat(levels))],
    ['objects', inObject(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)],
    [
      'both, with brackets in texts',
      inObject(`${'[{"]}":'.repeat(levels)}1${'}]'.repeat(levels)}`),
    ],
  ]
}
