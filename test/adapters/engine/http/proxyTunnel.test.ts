import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import * as assert from 'uvu/assert'
import type { EngineConnection } from '../../../../adapters/engine/http/connectEngine.ts'
import type { EngineConnectionOptions } from '../../../../adapters/engine/http/engineTarget.ts'
import { environmentProxy } from '../../../../adapters/engine/http/environmentProxy.ts'
import { ProxyTunnel } from '../../../../adapters/engine/http/proxyTunnel.ts'
import type { ObstacleCode } from '../../../../adapters/engine/words/transportFailures.ts'
import { type Authority, type Issued, makeAuthority } from '../../../support/certificates.ts'
import { assertTellsNothing, PLANTED, refusedWith } from '../../../support/engineFailure.ts'
import {
  answerJSON,
  type EngineServer,
  type Handler,
  serveBytes,
  serveEngine,
} from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { connectTo } from '../connectTo.ts'
import { callOn, never, ping, requestOf, willing } from '../engineFixture.ts'
import { kept } from '../obstacleFixture.ts'
import { type ConnectProxy, type ConnectProxyOptions, serveProxy } from '../proxyFixture.ts'
import { serveSecureEngine } from '../tlsFixture.ts'

const PONG = 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 0\r\n\r\n'
const change = { name: 'probe', settings: ['A=1'] }
const basic = (words: string) => `Basic ${Buffer.from(words).toString('base64')}`

interface Ground {
  proxy: ConnectProxy
  /** The engine, by a name that only the proxy knows. */
  host: string
  server: EngineServer
  open(options?: Partial<EngineConnectionOptions>): EngineConnection
}

/** An engine behind a proxy; nothing goes through it any more once the connections are closed. */
async function behindProxy(
  use: (ground: Ground) => Promise<void>,
  { handler = willing, user = '', ...options }: BehindOptions = {},
): Promise<void> {
  const proxy = await serveProxy(options)
  const server = await serveEngine(handler, { tcp: true })
  const host = server.host.replace('127.0.0.1', 'engine.test')
  const opened: EngineConnection[] = []
  const env = { HTTP_PROXY: `http://${user}${proxy.name}` }
  const open: Ground['open'] = (more) => {
    const timeouts = { connect: 30_000, answer: 30_000 }
    const connection = connectTo({ host, env, proxy: true, timeouts, ...more })
    opened.push(connection)
    return connection
  }
  try {
    await use({ proxy, host, server, open })
    for (const { close } of opened) close()
    await proxy.left()
  } finally {
    for (const { close } of opened) close()
    await server.close()
    await proxy.close()
  }
}

interface BehindOptions extends ConnectProxyOptions {
  handler?: Handler
  /** `USER:PASSWORD@` */
  user?: string
}

suite('ProxyTunnel', (test) => {
  test('everything goes through it, looks one after another and each change apart', () =>
    behindProxy(async ({ proxy, host, server, open }) => {
      const connection = open()
      await ping(connection)
      await callOn(connection, 'distributionInspect', { remote: 'probe' })
      await callOn(connection, 'pluginSet', change)
      await ping(connection)
      const target = host.slice('tcp://'.length)
      assert.equal(
        proxy.asked.map((each) => each.target),
        [target, target],
      )
      assert.equal(proxy.asked[0]?.headers, {
        host: target,
        'user-agent': 'docker-plugin-flow',
        connection: 'close',
      })
      assert.is(server.requests.length, 4)
      assert.is(server.requests[0]?.headers.host, target)
      assert.is(server.requests[2]?.body, '["A=1"]')
    }))

  test('the user and the password are for the proxy alone', () =>
    behindProxy(
      async ({ proxy, server, open }) => {
        const connection = open()
        await ping(connection)
        assert.is(proxy.asked[0]?.headers['proxy-authorization'], basic(`me:${PLANTED}`))
        assert.not.ok(JSON.stringify(server.requests).includes('uthorization'))
        assertTellsNothing(connection)
      },
      { user: `me:${PLANTED}@` },
    ))

  test('words that quote them are cleaned', () =>
    behindProxy(
      async ({ open }) => {
        const error = await refusedWith('set-failed', () => callOn(open(), 'pluginSet', change))
        assert.not.ok(error.message.includes(basic(`me:${PLANTED}`).slice(6)), error.message)
        assert.match(error.message, /got … and …, decoded …$/)
      },
      {
        user: `me:${encodeURIComponent(`${PLANTED}/`)}@`,
        handler: (_, response) =>
          answerJSON(response, 500, {
            message: `got ${basic(`me:${PLANTED}/`).slice(6)} and ${PLANTED}%2F, decoded ${PLANTED}/`,
          }),
      },
    ))

  test('an answer in pieces and of a size, at the pace of who reads', async () => {
    const echo = createServer((socket) => socket.on('error', () => {}).pipe(socket))
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    const proxy = await serveProxy()
    try {
      const tunnel = through(proxy, (echo.address() as { port: number }).port)
      const sent = Buffer.alloc(3_000_000, 'ab\0')
      tunnel.end(sent)
      for (let turn = 0; turn < 300; turn++) await new Promise((next) => setImmediate(next))
      assert.ok(tunnel.readableLength > 0 && tunnel.readableLength < 200_000, 'all was taken')
      const got: Buffer[] = []
      for await (const chunk of tunnel) {
        got.push(chunk)
        await new Promise((next) => setImmediate(next))
      }
      assert.ok(Buffer.concat(got).equals(sent))
      await proxy.left()
    } finally {
      await proxy.close()
      await new Promise((resolve) => echo.close(resolve))
    }
  })

  test('bytes that come with the answer of the proxy are of the engine', async () => {
    const answer = (socket: Duplex) => socket.end('HTTP/1.0 204 Fine\r\n\r\nhello')
    const proxy = await serveProxy({ answer })
    try {
      const tunnel = through(proxy, 1)
      const [chunk] = await once(tunnel, 'data')
      assert.is(String(chunk), 'hello')
      await once(tunnel, 'close')
    } finally {
      await proxy.close()
    }
  })

  test('one that was cut in the pool is noticed, and the look made over another', () =>
    behindProxy(async ({ proxy, open }) => {
      const connection = open()
      await ping(connection)
      proxy.cut()
      await proxy.left()
      await ping(connection)
      assert.is(proxy.connections(), 2)
    }))

  test('cut in the middle of an answer', () =>
    behindProxy(
      async ({ host, open }) => {
        const error = await refusedWith('engine-unreachable', () => ping(open()))
        const ended = 'ended before systemPing of'
        assert.is(error.message, `the connection to ${host} ${ended} ${host} was answered`)
      },
      { handler: (_, response) => response.socket?.destroy() },
    ))

  test('reset in the middle of an answer', () =>
    behindProxy(
      async ({ open }) => {
        const error = await refusedWith('engine-unreachable', () => ping(open()))
        assert.match(error.message, 'ended before systemPing of')
      },
      {
        answer: (socket) => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n')
          socket.once('data', () => (socket as Socket).resetAndDestroy())
        },
      },
    ))

  for (const [how, stop] of [
    ['cancelled', (_: EngineConnection, controller: AbortController) => controller.abort()],
    ['closed', (connection: EngineConnection) => connection.close()],
  ] as const) {
    test(`${how} while the proxy opens the way :: nothing is left`, async () => {
      await behindProxy(
        async ({ proxy, open }) => {
          const connection = open({ timeouts: { connect: 60_000 } })
          const controller = new AbortController()
          const refused = refusedWith(how === 'closed' ? 'engine-unreachable' : 'cancelled', () =>
            ping(connection, controller.signal),
          )
          await proxy.reached
          stop(connection, controller)
          await refused
          await proxy.left()
        },
        { answer: () => {} },
      )
    })
  }

  test('an idle one keeps no process alive', () =>
    behindProxy(async ({ proxy }) => {
      // A server of Node.js would close it itself after five seconds.
      const server = await serveBytes((socket) => socket.write(PONG))
      const host = server.host.replace('127.0.0.1', 'engine.test')
      assert.is(await inChild(host, { HTTP_PROXY: proxy.name }), '1.41\n')
      await proxy.left()
      await server.close()
    }))
})

function through(proxy: ConnectProxy, port: number): ProxyTunnel {
  const engine = { hostname: 'engine.test', port, secure: false }
  const found = environmentProxy(engine, { HTTP_PROXY: proxy.name })
  assert.ok(found)
  return new ProxyTunnel(found, 30_000)
}

/** Pings from a process of its own, and waits until that ends by itself. */
async function inChild(host: string, env: Record<string, string>): Promise<string> {
  const program = `
    const { connectTo } = await import('./test/adapters/engine/connectTo.ts')
    const { ping } = await import('./test/adapters/engine/engineFixture.ts')
    const tls = process.env.CA && { ca: process.env.CA }
    const connection = connectTo({ host: process.argv[1], proxy: true, ...(tls && { tls }) })
    try {
      console.log((await ping(connection)).apiVersion)
    } catch (error) {
      console.log(error.message)
    }
  `
  const args = ['--import', 'tsx', '--input-type=module', '-e', program, host]
  const { PATH, NODE_V8_COVERAGE } = process.env
  const child = spawn(process.execPath, args, {
    env: { PATH, NODE_V8_COVERAGE, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  assert.equal(await once(child, 'close'), [0, null])
  return output
}

suite('ProxyTunnel :: no way through', (test) => {
  const refused = ({ host, open }: Ground, code: ObstacleCode, how: string, more = {}) =>
    kept({ code, why: `the proxy ${how}` }, host, () => ping(open(more)))
  const answering = (head: string) => ({
    answer: (socket: Duplex) => socket.end(`${head}\r\n\r\n`),
  })
  const user = `me:${PLANTED}@`

  const statuses = {
    'engine-access-denied': [100, 199, 301, 400, 401, 403, 404, 405, 501],
    'engine-unreachable': [408, 425, 429, 500, 502, 503, 504],
  }
  const rows = Object.entries(statuses).flatMap(([code, each]) =>
    each.map((status) => [status, code as ObstacleCode] as const),
  )
  for (const [status, code] of rows) {
    test(`status ${status} :: ${code}`, () =>
      behindProxy(
        (ground) =>
          refused(ground, code, `${ground.proxy.name} does not let it through (status ${status})`),
        { ...answering(`HTTP/1.1 ${status} ${PLANTED}`), user },
      ))
  }

  test('status 407 :: without a user', () =>
    behindProxy(
      (ground) =>
        refused(
          ground,
          'engine-access-denied',
          `${ground.proxy.name} wants a user and a password: put them into HTTP_PROXY, as http://USER:PASSWORD@HOST:PORT`,
        ),
      answering('HTTP/1.1 407 Proxy Authentication Required'),
    ))

  test('status 407 :: with one', () =>
    behindProxy(
      (ground) =>
        refused(
          ground,
          'engine-access-denied',
          `${ground.proxy.name} does not take the user and the password in HTTP_PROXY`,
        ),
      { ...answering('HTTP/1.1 407 No'), user },
    ))

  test('nothing listens at the proxy', () =>
    behindProxy(async (ground) => {
      const gone = await serveProxy()
      await gone.close()
      const env = { HTTP_PROXY: `http://${user}${gone.name}` }
      await refused(
        ground,
        'engine-unreachable',
        `${gone.name} cannot be used: nothing listens there`,
        { env },
      )
    }))

  for (const [what, words] of [
    ['words of a mail server', '220 mail.example ESMTP\r\n'],
    ['a head that has no end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
    ['a record of TLS', '\x16\x03\x01'],
  ] as const) {
    test(`no HTTP :: ${what}`, () =>
      behindProxy(async (ground) => {
        const other = await serveBytes((socket) => socket.write(words))
        const name = other.host.slice('tcp://'.length)
        const env = { HTTP_PROXY: `http://${user}${name}` }
        await refused(ground, 'engine-protocol', `${name} answers with something that is no HTTP`, {
          env,
        })
        await other.close()
      }))
  }

  for (const words of ['', 'HTTP/1.1 200 OK\r\n']) {
    test(`hung up :: after ${JSON.stringify(words)}`, () =>
      behindProxy(
        (ground) => refused(ground, 'engine-unreachable', `${ground.proxy.name} hung up`),
        {
          answer: (socket) => socket.end(words),
          user,
        },
      ))
  }

  test('a proxy that hangs :: is given up in time', () =>
    behindProxy(
      (ground) =>
        refused(ground, 'engine-unreachable', `${ground.proxy.name} did not open the way in time`, {
          timeouts: { connect: 1_000 },
        }),
      { answer: () => {}, user },
    ))

  test('a proxy behind TLS that speaks none', () =>
    behindProxy((ground) => {
      const env = { HTTP_PROXY: `https://${user}${ground.proxy.name}` }
      return refused(
        ground,
        'engine-protocol',
        `${ground.proxy.name} cannot be used: it speaks no TLS`,
        { env },
      )
    }))
})

suite('ProxyTunnel :: TLS', (test) => {
  let ours: Authority
  let certificates: Record<'engine' | 'elsewhere' | 'proxy', Issued>
  test.before(async () => {
    ours = await makeAuthority()
    const [engine, elsewhere, proxy] = await Promise.all([
      ours.issue('engine', { names: 'DNS:engine.test' }),
      ours.issue('elsewhere'),
      ours.issue('proxy'),
    ])
    certificates = { engine, elsewhere, proxy }
  })
  test.after(() => ours?.remove())

  const behind = async (
    use: (
      ground: Omit<Ground, 'server' | 'open'> & {
        handshakes: unknown[]
        open(more?: Partial<EngineConnectionOptions>): EngineConnection
      },
    ) => Promise<void>,
    { by = certificates.engine, ...options }: ConnectProxyOptions & { by?: Issued } = {},
  ) => {
    const proxy = await serveProxy(options)
    const { cert, key } = by
    const server = await serveSecureEngine({ cert, key, keepAliveTimeout: 0 })
    const host = `tcp://engine.test:${server.port}`
    const opened: EngineConnection[] = []
    const env = { HTTPS_PROXY: `http://me:${PLANTED}@${proxy.name}` }
    try {
      await use({
        proxy,
        host,
        handshakes: server.handshakes,
        open(more) {
          const timeouts = { connect: 30_000, answer: 30_000 }
          const tls = { ca: ours.ca }
          const connection = connectTo({ host, env, proxy: true, timeouts, tls, ...more })
          opened.push(connection)
          return connection
        },
      })
      for (const { close } of opened) close()
      await proxy.left()
    } finally {
      for (const { close } of opened) close()
      await server.close()
      await proxy.close()
    }
  }
  const refused = (connection: EngineConnection, host: string, code: ObstacleCode, why: string) =>
    kept({ code, why }, host, () => ping(connection))

  test('it is spoken with the engine, through the proxy', () =>
    behind(async ({ proxy, host, handshakes, open }) => {
      const connection = open()
      for (let call = 0; call < 3; call++) {
        assert.is((await ping(connection)).apiVersion, '1.41')
      }
      assert.equal(handshakes, [{ servername: 'engine.test', protocol: 'http/1.1' }])
      assert.is(proxy.asked.length, 1)
      assert.is(proxy.asked[0]?.target, host.slice('tcp://'.length))
      assert.is(proxy.asked[0]?.headers['proxy-authorization'], basic(`me:${PLANTED}`))
      await (await connection.send(requestOf('POST', '/a'), never)).text()
      assert.is(proxy.asked.length, 2)
      assertTellsNothing(connection)
    }))

  test('the certificate has to be good for the engine', () =>
    behind(
      async ({ host, open }) => {
        await refused(
          open(),
          host,
          'engine-not-trusted',
          'its certificate is for another host: use the name that is in it, if this is the engine that is meant',
        )
        await ping(open({ tls: { ca: ours.ca, verify: false } }))
      },
      { by: certificates.elsewhere },
    ))

  test('the certificate has to be of the CA', () =>
    behind(({ host, open }) =>
      refused(
        open({ tls: {} }),
        host,
        'engine-not-trusted',
        'its certificate is not signed by the CA that is trusted for it',
      ),
    ))

  test('the proxy does not let it through', () =>
    behind(
      ({ proxy, host, open }) =>
        refused(
          open(),
          host,
          'engine-access-denied',
          `the proxy ${proxy.name} does not take the user and the password in HTTPS_PROXY`,
        ),
      { answer: (socket) => socket.end('HTTP/1.1 407 No\r\n\r\n') },
    ))

  test('the proxy hangs :: is given up in time', () =>
    behind(
      ({ proxy, host, open }) =>
        refused(
          open({ timeouts: { connect: 1_000 } }),
          host,
          'engine-unreachable',
          `the proxy ${proxy.name} did not open the way in time`,
        ),
      { answer: () => {} },
    ))

  test('the engine behind it hangs in the handshake :: is given up in time', () =>
    behind(
      ({ host, open }) =>
        refused(
          open({ timeouts: { connect: 1_000 } }),
          host,
          'engine-unreachable',
          'it did not take the connection in time',
        ),
      { answer: (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n') },
    ))

  test('no TLS behind it', () =>
    behind(({ host, open }) => refused(open(), host, 'engine-protocol', 'it speaks no TLS'), {
      answer: (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.once('data', () => socket.end('220 mail.example ESMTP\r\n'))
      },
    }))

  test('cut off in the handshake', () =>
    behind(
      async ({ open }) => {
        const error = await refusedWith('engine-unreachable', () => ping(open()))
        assert.match(error.message, /^the connection to \S+ ended before systemPing/)
      },
      {
        answer: (socket) => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n')
          socket.once('data', () => (socket as Socket).resetAndDestroy())
        },
      },
    ))

  test('cancelled while the proxy opens the way :: nothing is left', async () => {
    await behind(
      async ({ proxy, open }) => {
        const controller = new AbortController()
        const connection = open({ timeouts: { connect: 60_000 } })
        const refused = refusedWith('cancelled', () => ping(connection, controller.signal))
        await proxy.reached
        controller.abort()
        await refused
        await proxy.left()
      },
      { answer: () => {} },
    )
  })

  test('an idle one keeps no process alive', () =>
    behind(async ({ proxy, host }) => {
      const env = { HTTPS_PROXY: proxy.name, CA: ours.ca }
      assert.is(await inChild(host, env), '1.41\n')
      await proxy.left()
    }))

  test('with the proxy itself :: by the CAs of Node.js', () =>
    behind(
      async ({ proxy, host, open }) => {
        const env = { HTTPS_PROXY: `https://me:${PLANTED}@${proxy.name}` }
        const foreign = 'its certificate is not signed by the CA that is trusted for it'
        const why = `the proxy ${proxy.name} cannot be used: ${foreign}`
        await refused(open({ env }), host, 'engine-not-trusted', why)
        await refused(open({ env, tls: { verify: false } }), host, 'engine-not-trusted', why)
        // By its name here, and not by that of the engine, which the Host header has.
        const named = { HTTPS_PROXY: env.HTTPS_PROXY.replace('127.0.0.1', 'localhost') }
        const child = { ...named, CA: ours.ca, NODE_EXTRA_CA_CERTS: ours.caFile }
        assert.is(await inChild(host, child), '1.41\n')
        assert.is(proxy.asked.length, 1)
        const careless = {
          ...env,
          CA: ours.ca,
          NODE_TLS_REJECT_UNAUTHORIZED: '0',
          NODE_NO_WARNINGS: '1',
        }
        assert.match(await inChild(host, careless), foreign)
      },
      { tls: { cert: certificates.proxy.cert, key: certificates.proxy.key } },
    ))
})
