import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../../machines/errors.ts'
import { startEmbeddedEngine } from '../../../src/embedded.ts'
import { type ConnectedEngine, connect } from '../../../src/flow/connect.ts'
import { isInstallError } from '../../../src/flow/errors.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import { willing } from '../../adapters/engine/engineFixture.ts'
import {
  type ConnectProxy,
  type ConnectProxyOptions,
  serveProxy,
} from '../../adapters/engine/proxyFixture.ts'
import { PLANTED } from '../../support/engineFailure.ts'
import { searchFor } from '../../support/findSecrets.ts'
import { writeNoCredentials } from '../../support/noCredentials.ts'
import { suite } from '../../support/suite.ts'
import { onServer } from './smuggling/ground.ts'

const PLANTED_TOKEN = Buffer.from(`me:${PLANTED}`).toString('base64')
const options = { reference: 'vieux/sshfs', settings: { DEBUG: '1' }, grantAllPermissions: true }

interface Stage {
  proxy: ConnectProxy
  /** Of the simulated engine itself. */
  socket: string
  names(): string[]
  open(host: string, more?: { proxy?: boolean; env?: Record<string, string> }): ConnectedEngine
}

/** A simulated engine that a proxy leads to, whatever it is asked for. */
async function onStage(
  act: (stage: Stage) => Promise<void>,
  answer: Pick<ConnectProxyOptions, 'answer'> = {},
): Promise<void> {
  const config = mkdtempSync(join(tmpdir(), 'plugin-flow-proxy-'))
  writeNoCredentials(config)
  const embedded = await startEmbeddedEngine({ pace: 0 })
  const to = { path: embedded.host.slice('unix://'.length) }
  const proxy = await serveProxy({ to, ...answer })
  const opened: ConnectedEngine[] = []
  const env = { HTTP_PROXY: `http://me:${PLANTED}@${proxy.name}`, DOCKER_CONFIG: config }
  try {
    await act({
      proxy,
      socket: embedded.host,
      names: () => embedded.plugins().map(({ Name }) => Name),
      open(host, more) {
        const engine = connect({ host, proxy: true, ...more, env: { ...env, ...more?.env } })
        opened.push(engine)
        return engine
      },
    })
    for (const engine of opened) engine.close()
    await proxy.left()
  } finally {
    for (const engine of opened) engine.close()
    await proxy.close()
    await embedded.close()
    rmSync(config, { recursive: true })
  }
}

/** Opens the way, and answers each request itself. */
function quoteTo(socket: Duplex): void {
  const message = `the words of the proxy: ${PLANTED} ${PLANTED_TOKEN}`
  const body = `${JSON.stringify({ message })}\n`
  const head = 'HTTP/1.1 500 Error\r\nApi-Version: 1.41\r\nContent-Type: application/json'
  socket.write('HTTP/1.1 200 OK\r\n\r\n')
  socket.on('data', () => {
    socket.end(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
}

const search = () => searchFor({ password: PLANTED, token: PLANTED_TOKEN })

suite('connect :: through the proxy of the environment', (test) => {
  test('a whole flow, and nothing tells the password', () =>
    onStage(async ({ proxy, names, open }) => {
      const engine = open('http://engine.test:2375')
      const { found, looked, look, walk } = search()
      const flow = installPlugin(engine, { ...options, journal: (each) => look('journal', [each]) })
      flow.transition$.subscribe((each) => look('transitions', [each]))
      flow.progress$.subscribe((each) => look('progress', [each]))
      const outcome = await flow.result
      look('outcome', [outcome, flow.snapshot(), await engine.call('pluginList', {}, { signal })])
      walk('engine', [engine])
      assert.equal(found, [])
      assert.ok([...looked.values()].every((count) => count > 0) && looked.size === 5)
      assert.equal(names(), ['vieux/sshfs:latest'])
      assert.ok(proxy.asked.every(({ target }) => target === 'engine.test:2375'))
      assert.is(proxy.asked[0]?.headers['proxy-authorization'], `Basic ${PLANTED_TOKEN}`)
    }))

  test('a flow that the proxy does not let through, and nothing tells the password', () =>
    onStage(
      async ({ proxy, names, open }) => {
        const flow = installPlugin(open('tcp://engine.test:2375'), {
          ...options,
          policy: { retry: { attempts: 1 } },
        })
        const error: unknown = await flow.result.catch((error: unknown) => error)
        assert.ok(isInstallError(error))
        assert.is(
          error.message,
          `no access to the engine at tcp://engine.test:2375: the proxy ${proxy.name} does not let it through (status 403)`,
        )
        assert.equal([error.code, error.retryable], ['engine-access-denied', false])
        const { found, look } = search()
        look('error', [error, error.stack, flow.snapshot()])
        assert.equal(found, [])
        assert.equal(names(), [])
      },
      { answer: (socket) => socket.end(`HTTP/1.1 403 ${PLANTED}\r\n\r\n${PLANTED_TOKEN}`) },
    ))

  test('a proxy that answers in place of the engine and quotes it :: nothing tells the password', () =>
    onStage(
      async ({ open }) => {
        const flow = installPlugin(open('tcp://engine.test:2375'), {
          ...options,
          policy: { retry: { attempts: 1 } },
        })
        const error: unknown = await flow.result.catch((error: unknown) => error)
        assert.ok(isInstallError(error))
        assert.match(error.message, 'the words of the proxy')
        const { found, look } = search()
        look('error', [error, error.stack, flow.snapshot()])
        assert.equal(found, [])
      },
      { answer: quoteTo },
    ))

  test('a variable that names none is refused, and not told', () =>
    onStage(async ({ open }) => {
      const { found, look } = search()
      for (const value of [`socks5://me:${PLANTED}@a.test`, `me:${PLANTED}%@a.test`]) {
        try {
          open('tcp://engine.test', { env: { HTTP_PROXY: value } })
          assert.unreachable()
        } catch (error) {
          assert.ok(isEngineError(error), String(error))
          assert.is(error.code, 'invalid-option')
          look('error', [error, error.stack])
        }
      }
      assert.equal(found, [])
    }))

  test('a socket is reached as it is without', () =>
    onStage(async ({ proxy, socket, open }) => {
      assert.equal(await open(socket).call('pluginList', {}, { signal }), [])
      assert.is(proxy.connections(), 0)
    }))

  test('only when it is asked for, and not to a host that NO_PROXY excepts', () =>
    onStage(({ proxy, open }) =>
      onServer(willing, async (server) => {
        // This host, by an address that is not one of the loopback network.
        const host = server.host.replace('127.0.0.1', '0.0.0.0')
        const ping = async (more: Parameters<Stage['open']>[1]) =>
          open(host, more).call('systemPing', {}, { signal })
        await ping({ proxy: false })
        await ping({ env: { NO_PROXY: 'a.test, 0.0.0.0/8' } })
        assert.is(server.connections(), 2)
        assert.is(proxy.connections(), 0)
        await ping({})
        assert.is(server.connections(), 2)
        assert.is(proxy.connections(), 1)
      }),
    ))
})

const { signal } = new AbortController()
