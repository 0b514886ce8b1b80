import { once } from 'node:events'
import { Socket } from 'node:net'
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { dialer } from '../../../../adapters/engine/http/engineAgent.ts'
import { engineTarget } from '../../../../adapters/engine/http/engineTarget.ts'
import { completeTimeouts } from '../../../../adapters/engine/http/timeouts.ts'
import { assertTellsNothing, PLANTED_HEADER, refusedWith } from '../../../support/engineFailure.ts'
import { afterPing, answerJSON, answerPing, serveBytes } from '../../../support/engineServer.ts'
import { runNode } from '../../../support/runNode.ts'
import { suite } from '../../../support/suite.ts'
import { connectTo } from '../connectTo.ts'
import { callOn, never, ping, requestOf, withEngine } from '../engineFixture.ts'

const PONG = 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK'
const input = { remote: 'acme/probe:1.0' }
const options = { registryAuth: PLANTED_HEADER }

suite('connectEngine', (test) => {
  test('opens no socket by itself', async () => {
    await withEngine(
      (_, response) => answerPing(response),
      async (_, server) => assert.is(server.connections(), 0),
    )
  })

  test('names its host', () => {
    assert.is(connectTo({ host: 'tcp://engine' }).host, 'tcp://engine:2375')
    const named = connectTo({ host: 'tcp://engine', name: (address) => `${address} (mine)` })
    assert.is(named.host, 'tcp://engine:2375 (mine)')
  })

  test('an invalid host', async () => {
    await refusedWith('invalid-option', async () => connectTo({ host: 'ftp://engine' }))
  })

  for (const tcp of [false, true]) {
    test(`${tcp ? 'tcp' : 'unix'} :: one socket for one call after another`, async () => {
      await withEngine(
        (_, response) => answerPing(response),
        async (connection, server) => {
          for (let call = 0; call < 5; call++) await ping(connection)
          assert.is(server.requests.length, 5)
          assert.is(server.connections(), 1)
        },
        { tcp },
      )
    })
  }

  test('an error that was read :: leaves the socket to the next call', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 404, { message: 'manifest unknown' }),
      async (connection, server) => {
        for (let call = 0; call < 5; call++) {
          await refusedWith('not-found', () =>
            callOn(connection, 'distributionInspect', input, options),
          )
        }
        assert.is(server.connections(), 1)
      },
    )
  })

  test('a change, and a look that decides :: a connection of their own', async () => {
    await withEngine(
      afterPing((_, response) => answerJSON(response, 404, { message: 'plugin "a" not found' })),
      async (connection, server) => {
        const name = 'a'
        await ping(connection)
        const remove = () => callOn(connection, 'pluginDelete', { name, force: false })
        await refusedWith('not-found', remove)
        await refusedWith('not-found', remove)
        assert.is(await callOn(connection, 'pluginInspect', { name }), undefined)
        await refusedWith('not-found', () =>
          callOn(connection, 'getPluginPrivileges', input, options),
        )
        await ping(connection)
        assert.is(server.connections(), 5)
      },
    )
  })

  test('a call under way :: fails when the connection is closed', async () => {
    let arrived = 0
    let arrive = () => {}
    const both = new Promise<void>((resolve) => {
      arrive = () => {
        if (++arrived === 2) resolve()
      }
    })
    await withEngine(
      () => arrive(),
      async (connection) => {
        const calls = [
          ping(connection),
          callOn(connection, 'pluginDelete', { name: 'a', force: false }),
        ]
        const failures = calls.map((call) => refusedWith('engine-unreachable', () => call))
        await both
        connection.close()
        await Promise.all(failures)
      },
    )
  })

  let connection: ReturnType<typeof connectTo> | undefined
  test('a path that looks like another host :: stays with this one', async () => {
    await withEngine(
      (_, response) => response.end('[]'),
      async (connection, { requests }) => {
        for (const path of ['//other.example/a', 'http://other.example/b']) {
          await (await connection.send(requestOf('GET', path), never)).text()
        }
        assert.equal(
          requests.map(({ url }) => url),
          ['/other.example/a', '/http://other.example/b'],
        )
      },
      { tcp: true },
    )
  })

  test('close :: ends calls under way and idle sockets', async () => {
    await withEngine(
      (request, response) => {
        if (request.url === '/_ping') answerPing(response)
        else connection?.close()
      },
      async (opened, server) => {
        connection = opened
        await ping(opened)
        await refusedWith('engine-unreachable', () =>
          callOn(opened, 'getPluginPrivileges', input, options),
        )
        await server.connectionClosed()
      },
    )
  })

  test('connections of their own that have ended :: are not held until close()', async () => {
    await withEngine(
      afterPing((_, response) => answerJSON(response, 404, { message: 'plugin "a" not found' })),
      async (opened, server) => {
        for (let call = 0; call < 5; call++) await callOn(opened, 'pluginInspect', { name: 'a' })
        assert.is(server.connections(), 5)
        let destroyed = 0
        const { destroy } = Socket.prototype
        Socket.prototype.destroy = function (error) {
          destroyed++
          return destroy.call(this, error)
        }
        try {
          opened.close()
        } finally {
          Reflect.deleteProperty(Socket.prototype, 'destroy')
        }
        assert.ok(destroyed <= 1, `${destroyed}: the last one may still be on its way`)
      },
    )
  })

  test('shows no secret, whatever was sent over it', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 200, null),
      async (connection) => {
        await callOn(connection, 'getPluginPrivileges', input, options)
        assertTellsNothing(connection)
        assert.match(inspect(connection), /close: \[Function/)
      },
    )
  })

  test('goes through no proxy, and an idle socket keeps no process alive', async () => {
    const program = `
      const { connectTo } = await import('./test/adapters/engine/connectTo.ts')
      const { ping } = await import('./test/adapters/engine/engineFixture.ts')
      const connection = connectTo({ host: process.argv[1] })
      console.log((await ping(connection)).apiVersion)
    `
    // It ends no connection by itself, as an HTTP server of Node.js does.
    const server = await serveBytes((socket) => socket.write(PONG))
    try {
      const args = ['--import', 'tsx', '--input-type=module', '-e', program, server.host]
      const proxy = 'http://127.0.0.1:1'
      const env = { ...process.env, HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy }
      assert.equal(await runNode(args, { env }), { code: 0, output: '1.41\n' })
    } finally {
      await server.close()
    }
  })
})

suite('connectEngine :: a socket that died in the pool', (test) => {
  /** Answers the first request of the first connection, and destroys every other. */
  const dying = () => {
    let requests = 0
    return serveBytes((socket) => (requests++ === 0 ? socket.write(PONG) : socket.destroy()))
  }

  test('a GET is sent once more', async () => {
    const server = await serveBytes((socket, data, connection) => {
      if (connection > 1) socket.write(PONG.replace(/OK$/, '{}'))
      else if (data.toString('latin1').startsWith('GET /_ping')) socket.write(PONG)
      else socket.destroy()
    })
    const connection = connectTo({ host: server.host })
    try {
      await ping(connection)
      assert.equal(await callOn(connection, 'systemVersion', {}), {})
      assert.is(server.connections(), 2)
    } finally {
      connection.close()
      await server.close()
    }
  })

  test('a GET is not sent a third time', async () => {
    const server = await dying()
    const connection = connectTo({ host: server.host })
    try {
      await ping(connection)
      await refusedWith('engine-unreachable', () => callOn(connection, 'systemVersion', {}))
      assert.is(server.connections(), 2)
    } finally {
      connection.close()
      await server.close()
    }
  })

  test('a DELETE is sent once', async () => {
    const server = await dying()
    const connection = connectTo({ host: server.host })
    try {
      await ping(connection)
      await refusedWith('engine-unreachable', () =>
        callOn(connection, 'pluginDelete', { name: 'a', force: true }),
      )
      assert.is(server.connections(), 2)
    } finally {
      connection.close()
      await server.close()
    }
  })

  test('a GET on a new socket is sent once', async () => {
    const server = await serveBytes((socket) => socket.destroy())
    const connection = connectTo({ host: server.host })
    try {
      await refusedWith('engine-unreachable', () => ping(connection))
      assert.is(server.connections(), 1)
    } finally {
      connection.close()
      await server.close()
    }
  })
})

suite('dialer', (test) => {
  const dial = (connect: number) =>
    dialer(engineTarget({ host: 'tcp://engine.invalid', timeouts: { connect } }))

  test('gives up on a socket that is not connected in time', async () => {
    const socket = dial(20)({ host: 'engine.invalid', port: 2375, lookup: () => {} })
    const [error] = await once(socket, 'error')
    assert.is(error.code, 'ETIMEDOUT')
    assert.ok(socket.destroyed)
  })

  test('leaves no clock behind :: whether or not it is connected', async () => {
    const clocks = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const server = await serveBytes(() => {})
    const connect = dial(60_000)
    const before = clocks()
    const port = Number(new URL(server.host).port)
    const socket = connect({ host: '127.0.0.1', port })
    assert.is(clocks(), before + 1)
    await once(socket, 'connect')
    assert.is(clocks(), before)
    socket.destroy()
    await server.close()
    const refused = connect({ host: '127.0.0.1', port: 1 })
    await once(refused, 'error')
    await once(refused, 'close')
    assert.is(clocks(), before)
  })

  test('a socket that is connected :: has time', async () => {
    const server = await serveBytes((socket) => setTimeout(() => socket.end(PONG), 1_000))
    const connection = connectTo({ host: server.host, timeouts: { connect: 500 } })
    try {
      assert.is((await ping(connection)).apiVersion, '1.41')
    } finally {
      connection.close()
      await server.close()
    }
  })
})

suite('completeTimeouts', (test) => {
  const defaults = {
    connect: 10_000,
    answer: 120_000,
    inspect: 20_000,
    enable: 300_000,
    pull: 3_600_000,
    idle: 300_000,
  }

  test('the defaults', () => {
    assert.equal(completeTimeouts(), defaults)
    assert.equal(completeTimeouts({}), defaults)
    assert.equal(connectTo({ host: 'unix:///a' }).timeouts, defaults)
    const ssh = { ...defaults, connect: 30_000, inspect: 40_000 }
    assert.equal(connectTo({ host: 'ssh://a' }).timeouts, ssh)
    const timeouts = { connect: 1 }
    assert.is(connectTo({ host: 'ssh://a', timeouts }).timeouts.connect, 1)
  })

  test('given values replace them', () => {
    const given = { connect: 1, answer: 2.5, idle: 2 ** 31 - 1 }
    assert.equal(completeTimeouts(given), { ...defaults, ...given })
  })

  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '5' as never]) {
    test(`${value} :: is not a timeout`, async () => {
      const error = await refusedWith('invalid-option', async () =>
        completeTimeouts({ idle: value }),
      )
      assert.match(error.message, `timeouts.idle is ${value}: it must be milliseconds`)
    })
  }
})
