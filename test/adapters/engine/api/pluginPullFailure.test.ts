import * as assert from 'uvu/assert'
import type { JSONMessage } from '../../../../machines/plugin.ts'
import { PLANTED, PLANTED_HEADER, refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { answerLines, callOn, withEngine } from '../engineFixture.ts'

const remote = '127.0.0.1:5055/acme/probe:1.0'
const privileges = [{ Name: 'network', Description: 'a network', Value: ['host'] }]
const input = { remote, name: 'probe:1.0', privileges }

suite('pluginPull :: failure', (test) => {
  test('an error line', async () => {
    const message = 'incorrect privileges'
    const lines = [
      { status: 'on' },
      { errorDetail: { message }, error: message },
      { status: 'after' },
    ]
    const seen: unknown[] = []
    await withEngine(answerLines(...lines), async (connection) => {
      const error = await refusedWith('privileges-changed', () =>
        callOn(connection, 'pluginPull', input, { onMessage: (each) => seen.push(each) }),
      )
      assert.equal(error.details, {
        operation: 'pluginPull',
        engineMessage: message,
        inStream: true,
      })
      assert.is(error.message, `${remote} asks for other privileges than were granted`)
    })
    assert.equal(seen, [{ status: 'on' }])
  })

  for (const line of [
    { error: 'the moon is full' },
    { errorDetail: { message: 'the moon is full' } },
    { errorDetail: { message: '' }, error: 'the moon is full' },
    { errorDetail: { code: 1, message: 'the moon is full' }, error: 'other words' },
  ]) {
    test(`${JSON.stringify(line)} :: is an error line`, async () => {
      await withEngine(answerLines(line), async (connection) => {
        const error = await refusedWith('pull-failed', () =>
          callOn(connection, 'pluginPull', input),
        )
        assert.is(error.details.engineMessage, 'the moon is full')
        assert.is(error.message, `the engine could not pull ${remote}: the moon is full`)
      })
    })
  }

  for (const line of [{ error: '' }, { errorDetail: {} }, { errorDetail: { code: 500 } }]) {
    test(`${JSON.stringify(line)} :: is an error line without words`, async () => {
      await withEngine(answerLines(line), async (connection) => {
        const error = await refusedWith('pull-failed', () =>
          callOn(connection, 'pluginPull', input),
        )
        assert.equal(error.details, { operation: 'pluginPull', inStream: true })
        assert.is(error.message, `the engine could not pull ${remote}: it gave no words`)
      })
    })
  }

  test('the secret in an error line :: does not come out', async () => {
    const words = `denied for alice:${PLANTED} (${PLANTED_HEADER})`
    await withEngine(answerLines({ error: words }), async (connection) => {
      const error = await refusedWith('unauthorized', () =>
        callOn(connection, 'pluginPull', input, { registryAuth: PLANTED_HEADER }),
      )
      assert.is(error.details.engineMessage, 'denied for alice:… (…)')
    })
  })

  test('the name that is taken', async () => {
    const message = 'plugin probe:1.0 already exists'
    await withEngine(
      (_, response) => answerJSON(response, 409, { message }),
      async (connection) => {
        const error = await refusedWith('already-exists', () =>
          callOn(connection, 'pluginPull', input),
        )
        assert.is(error.message, 'a plugin named probe:1.0 is on the engine already')
      },
    )
  })

  for (const [words, code] of [
    [
      'error applying layer for digest sha256:8b: ApplyLayer exit status 1: write /x: no space left on device',
      'disk-full',
    ],
    ['error applying layer for digest sha256:8b: gzip: invalid header', 'corrupt-layer'],
    [
      'failed to copy: httpReadSeeker: failed open: content at https://r.example/v2/a/blobs/sha256:8b not found: not found',
      'corrupt-layer',
    ],
    [
      'failed commit on ref "layer-sha256:8b": unexpected commit size 162, expected 324: failed precondition',
      'corrupt-layer',
    ],
    ['invalid config json', 'not-a-plugin'],
    [
      'failed to copy: read tcp 10.0.0.1:4321->10.0.0.2:443: read: connection reset by peer',
      'registry-unreachable',
    ],
    ['fetched plugin image but manifest is missing', 'not-a-plugin'],
  ] as const) {
    test(`${words} :: ${code}`, async () => {
      await withEngine(answerLines({ error: words }), async (connection) => {
        await refusedWith(code, () => callOn(connection, 'pluginPull', input))
      })
    })
  }

  for (const [status, words, code] of [
    [500, 'error resolving plugin reference: r.example/acme/nosuch:1.0: not found', 'not-found'],
    [
      500,
      'error resolving plugin reference: unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 403 Forbidden',
      'unauthorized',
    ],
    [
      500,
      'error resolving plugin reference: failed to authorize: failed to fetch anonymous token: Get "https://auth.example/token": dial tcp: lookup auth.example: no such host',
      'registry-unreachable',
    ],
    [
      500,
      'error resolving plugin reference: failed to do request: Head "https://r.example/v2/": tls: failed to verify certificate: x509: certificate has expired',
      'registry-unreachable',
    ],
    [
      400,
      'Encountered remote "application/vnd.docker.container.image.v1+json"(image) when fetching',
      'not-a-plugin',
    ],
    [403, 'authorization denied by plugin gatekeeper: pulls are off', 'engine-access-denied'],
  ] as const) {
    test(`${status} ${words} :: ${code}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, status, { message: words }),
        async (connection) => {
          await refusedWith(code, () => callOn(connection, 'pluginPull', input))
        },
      )
    })
  }

  for (const [line, what] of [
    ['Pulling from x', 'a line that is no JSON'],
    ['["status"]', 'a line of another form'],
    ['{"status":7}', 'a line of another form'],
  ] as const) {
    test(`${line} :: is no line of an engine`, async () => {
      await withEngine(
        (_, response) => response.writeHead(200).end(`{"status":"on"}\r\n${line}\r\n`),
        async (connection, server) => {
          const error = await refusedWith('engine-protocol', () =>
            callOn(connection, 'pluginPull', input),
          )
          assert.ok(error.message.endsWith(`it answered pluginPull with ${what}`), error.message)
          await server.connectionClosed()
        },
      )
    })
  }

  test('a function of the host that throws', async () => {
    const onMessage = () => {
      throw new RangeError(PLANTED)
    }
    await withEngine(answerLines({ status: 'on' }), async (connection) => {
      const error = await refusedWith('host-failed', () =>
        callOn(connection, 'pluginPull', input, { onMessage }),
      )
      assert.is(
        error.message,
        `the function that takes the progress of ${remote} threw (RangeError)`,
      )
    })
  })

  test('a function of the host that throws no Error', async () => {
    const onMessage = () => {
      throw PLANTED
    }
    await withEngine(answerLines({ status: 'on' }), async (connection) => {
      const error = await refusedWith('host-failed', () =>
        callOn(connection, 'pluginPull', input, { onMessage }),
      )
      assert.match(error.message, /threw \(string\)$/)
    })
  })

  test('silence', async () => {
    await withEngine(
      (_, response) => {
        response.writeHead(200)
        response.write('{"status":"on"}\r\n')
      },
      async (connection, server) => {
        await refusedWith('timed-out', () => callOn(connection, 'pluginPull', input))
        await server.connectionClosed()
      },
      { timeouts: { idle: 200 } },
    )
  })

  /** A pull whose engine sends this every 50 ms, so many times. */
  const beating = (bytes: string, beats: number) =>
    withEngine(
      (_, response) => {
        response.writeHead(200)
        response.write('{"status":"on"}\r\n')
        let left = beats
        const beat = setInterval(() => {
          response.write(bytes)
          if (--left > 0) return
          clearInterval(beat)
          response.end()
        }, 50)
        response.on('close', () => clearInterval(beat))
      },
      async (connection, server) => {
        await callOn(connection, 'pluginPull', input).catch(async (error: unknown) => {
          await server.connectionClosed()
          throw error
        })
      },
      { timeouts: { idle: 1_000 } },
    )

  for (const [title, bytes] of [
    ['the same again and again', '{"id":"a","status":"Downloading"}\r\n'],
    ['blank lines', '\r\n'],
    ['bytes that end no line', ' '],
    ['a layer that stays where it is', '{"id":"a","status":"Extracting"}\r\n'],
    [
      'lines that take turns',
      '{"id":"a","status":"Waiting"}\r\n{"id":"a","status":"Retrying"}\r\n',
    ],
  ] as const) {
    test(`${title} :: is silence, and ended after timeouts.idle`, async () => {
      const started = performance.now()
      await refusedWith('timed-out', () => beating(bytes, 200))
      const took = performance.now() - started
      assert.ok(900 < took && took < 8_000, `${took} ms`)
    })
  }

  test('cancelled by what it tells :: tells nothing more', async () => {
    const controller = new AbortController()
    const seen: unknown[] = []
    const onMessage = (message: JSONMessage) => {
      seen.push(message)
      controller.abort()
    }
    await withEngine(
      (_, response) => response.writeHead(200).end('{"id":"a"}\r\n{"id":"b"}\r\n'),
      async (connection) => {
        await refusedWith('cancelled', () =>
          callOn(connection, 'pluginPull', input, { onMessage, signal: controller.signal }),
        )
      },
    )
    assert.equal(seen, [{ id: 'a' }])
  })
})
