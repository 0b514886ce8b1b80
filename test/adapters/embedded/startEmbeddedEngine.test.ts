import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { PacedClock } from '../../../adapters/embedded/simulatedEngine.ts'
import {
  definePlugin,
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  startEmbeddedEngine,
} from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { type Answer, call } from './call.ts'
import { get, holding, post, pull, withEngine } from './engines.ts'

const REMOTE = 'registry.test/a'
const socketOf = (host: string) => new URL(host).pathname
const registries = holding({
  a: definePlugin({ layers: [1e9], behaviour: 'never listens' }),
  small: definePlugin({ behaviour: 'never listens' }),
})

/** A pull whose answer has begun; in an object, because a promise of it would wait for its end. */
function begun({ host }: EmbeddedEngine, path: string): Promise<{ answer: Promise<Answer> }> {
  return new Promise((done) => {
    const onData = () => {
      done({ answer })
      return false
    }
    const answer = call(host, { method: 'POST', path, body: 'null', onData })
  })
}

async function failure(options: EmbeddedEngineOptions): Promise<string> {
  try {
    const engine = await startEmbeddedEngine(options)
    await engine.close()
    return 'it started'
  } catch (error) {
    return (error as Error).message
  }
}

suite('embedded startEmbeddedEngine', (test) => {
  test('listens in a private folder and removes it', async () => {
    const engine = await startEmbeddedEngine()
    const folder = dirname(socketOf(engine.host))
    assert.is(statSync(folder).mode & 0o777, 0o700)
    assert.is((await get(engine, '/_ping')).body, 'OK')
    await engine.close()
    assert.is(existsSync(folder), false)
  })

  test('forty pulls at once, and as many enables :: Node.js warns of nothing', async () => {
    const warnings: string[] = []
    const warn = ({ message }: Error) => warnings.push(message)
    process.on('warning', warn)
    try {
      await withEngine({ registries, pace: 0.001 }, async (engine) => {
        const all = (path: (name: string) => string) =>
          Promise.all(
            Array.from({ length: 40 }, (_, each) => post(engine, path(`small-${each}`), [])),
          )
        const pulls = await all((name) => `/plugins/pull?remote=registry.test/small&name=${name}`)
        assert.ok(pulls.every(({ status }) => status === 200))
        const enables = await all((name) => `/plugins/${name}/enable?timeout=0`)
        assert.ok(enables.every(({ status }) => status === 500))
      })
      // Warnings are emitted a turn later.
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off('warning', warn)
    }
    assert.equal(warnings, [])
  })

  test('listens on a socket or on a port of choice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'test-'))
    const socketPath = join(folder, 'engine.sock')
    await withEngine({ socketPath }, async (engine) => {
      assert.is(engine.host, `unix://${socketPath}`)
      assert.is((await get(engine, '/_ping')).status, 200)
    })
    assert.is(existsSync(socketPath), false)
    rmSync(folder, { recursive: true })
    await withEngine({ port: 0 }, async (engine) => {
      assert.match(engine.host, /^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/)
      assert.is((await get(engine, '/_ping')).status, 200)
    })
  })

  test('says which socket or port is taken', async () => {
    await withEngine({}, async ({ host }) => {
      const socketPath = socketOf(host)
      assert.is(
        await failure({ socketPath }),
        `The embedded engine cannot listen on ${socketPath}: it is already in use.`,
      )
      assert.is(existsSync(socketPath), true)
    })
    await withEngine({ port: 0 }, async ({ host }) => {
      const port = Number(new URL(host).port)
      assert.is(
        await failure({ port }),
        `The embedded engine cannot listen on 127.0.0.1:${port}: it is already in use.`,
      )
    })
  })

  test('says why else it cannot listen', async () => {
    const message = await failure({ socketPath: '/does/not/exist.sock' })
    assert.match(
      message,
      /^The embedded engine cannot listen on \/does\/not\/exist\.sock: listen E/,
    )
  })

  test('leaves no folder behind where it cannot listen', async () => {
    const before = process.env.TMPDIR
    const tooLong = mkdtempSync(join(tmpdir(), 'x'.repeat(100)))
    try {
      process.env.TMPDIR = tooLong
      assert.match(await failure({}), /docker\.sock: a socket path has at most 103 bytes\.$/)
      assert.equal(readdirSync(tooLong), [])
    } finally {
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
      rmSync(tooLong, { recursive: true })
    }
  })

  test('close ends a pull and an enable that are going on', async () => {
    const engine = await startEmbeddedEngine({ registries })
    await pull(engine, 'registry.test/small')
    const enabling = post(engine, '/plugins/registry.test/small/enable?timeout=0')
    const pulling = await begun(engine, `/plugins/pull?remote=${REMOTE}`)
    const start = performance.now()
    await Promise.all([engine.close(), engine.close()])
    await engine.close()
    const took = performance.now() - start
    assert.ok(took < 6_000, `half of the time that the enable would last: ${took} ms`)
    assert.is((await enabling).error, 'socket hang up')
    assert.is((await pulling.answer).error, 'aborted')
    assert.equal(
      engine.plugins().map(({ Name, Enabled }) => [Name, Enabled]),
      [['registry.test/small:latest', false]],
    )
  })

  for (const [pace, least] of [
    [0, 0],
    [0.02, 250],
  ] as const) {
    const most = 6_000
    test(`at pace ${pace} twelve seconds last ${least} to ${most} ms`, async () => {
      await withEngine({ registries, pace }, async (engine) => {
        await pull(engine, 'registry.test/small')
        const { ms } = await post(engine, '/plugins/registry.test/small/enable?timeout=0')
        assert.ok(ms >= least && ms <= most, `${ms}`)
      })
    })
  }

  test('hands out copies of its plugins', async () => {
    await withEngine({ registries }, async (engine) => {
      await pull(engine, 'registry.test/small')
      for (const plugin of engine.plugins()) plugin.Name = 'other'
      assert.is(engine.plugins()[0]?.Name, 'registry.test/small:latest')
    })
  })

  test('leaves idle connections to their clients', async () => {
    await withEngine({}, async ({ host }) => {
      const headers = { Connection: 'keep-alive' }
      const answer = await call(host, { method: 'GET', path: '/_ping', headers })
      assert.is(answer.headers.connection, 'keep-alive')
      assert.is(answer.headers['keep-alive'], undefined)
    })
  })

  test('remembers the last thousand requests, without credentials', async () => {
    await withEngine({}, async (engine) => {
      await get(engine, '/plugins/privileges?remote=acme/plain', { password: 'secret' })
      const [first] = engine.requests()
      assert.is(first?.method, 'GET')
      assert.is(first?.path, '/plugins/privileges?remote=acme/plain')
      assert.is(first?.headers['X-Registry-Auth'], '(removed)')
      for (let sent = 0; sent < 1000; sent++) await get(engine, `/_ping?${sent}`)
      const requests = engine.requests()
      assert.is(requests.length, 1000)
      assert.is(requests[0]?.path, '/_ping?0')
      assert.is(requests.at(-1)?.path, '/_ping?999')
    })
  })
})

suite('PacedClock', (test) => {
  test('a wait after the end of the engine, and one that is over first', async () => {
    const ended = new Error('the engine has ended')
    const late = new PacedClock(1, AbortSignal.abort(ended))
    const thrown = await late.wait(60_000).then(
      () => undefined,
      (error: unknown) => error,
    )
    assert.is(thrown, ended)
    await new PacedClock(0, new AbortController().signal).wait(60_000)
  })
})
