import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { filter, firstValueFrom, timeout } from 'rxjs'
import * as assert from 'uvu/assert'
import type { Progress } from '../../machines/progress.ts'
import type { InstallOptions, PluginInstall } from '../../src/flow/types.ts'
import { engineSuite } from './world/engineSuite.ts'
import { entering, failure, install, type ObservedInstall, onEngine } from './world/flows.ts'
import { startLyingProxy } from './world/lyingProxy.ts'
import { type MortalEngine, startMortalEngine } from './world/startMortalEngine.ts'
import { startThrottle } from './world/throttle.ts'
import { until } from './world/until.ts'

const run = promisify(execFile)
const NOTHING = { result: 'nothingToRemove' }
const INSPECT = /^GET \/plugins\/127.*\/json$/
/** Enough for an engine that takes its time on a busy machine. */
const policy = {
  retry: { attempts: 30, baseMs: 250, maxMs: 1_000, jitter: 0 },
  rollback: { attempts: 30, maxMs: 1_000 },
}

engineSuite('real engine :: the engine is killed and started again', (test, world) => {
  let engine: MortalEngine
  test.before(async () => {
    engine = await startMortalEngine(world())
  })
  test.before.each(async () => {
    await engine.restart()
    for (const { Id } of await engine.plugins()) {
      await engine.api('DELETE', `/plugins/${Id}?force=1`)
    }
  })
  test.after(() => engine?.stop())

  const onMortal = (options: Partial<InstallOptions>, host = engine.host): ObservedInstall =>
    install(world(), { reference: world().reference('plain'), policy, ...options }, host)

  /** The plugins on the engine: where there are none, no plugin that it knew runs either. */
  const left = async () => {
    const plugins = await onEngine(engine)
    if (plugins.length === 0) await until('plugins end', () => engine.running().length === 0)
    return plugins
  }
  /** Kills it and starts it again; resolves to what comes of the flow once it is back. */
  const outlive = async <T>(flow: Promise<T>): Promise<T> => {
    await engine.kill()
    const [end] = await Promise.all([flow, engine.restart()])
    return end
  }

  /** Kills it at the first request that matches: before it has it, or once it has done it. */
  const killedAt = async (
    matches: RegExp,
    moment: 'before' | 'after',
    act: (host: string) => Promise<void>,
    restarts = true,
  ) => {
    let killing: Promise<void> | undefined
    let over: Promise<void> | undefined
    const isIt = (method: string, path: string) => {
      if (killing || !matches.test(`${method} ${path}`)) return false
      killing = engine.kill()
      over = killing.then(() => (restarts ? engine.restart() : undefined))
      return true
    }
    const lies =
      moment === 'before'
        ? { hold: (method: string, path: string) => (isIt(method, path) ? killing : undefined) }
        : { cut: (method: string, path: string) => (isIt(method, path) ? 'answer' : undefined) }
    const socketPath = join(world().folder, 'mortal.sock')
    const proxy = await startLyingProxy(engine.socketPath, socketPath, lies as object)
    try {
      await act(proxy.host)
      assert.ok(killing, 'the engine was killed')
    } finally {
      await over
      await proxy.close()
    }
  }

  test('in checkPrivileges :: it looks again, and installs', () =>
    killedAt(/^GET \/plugins\/privileges/, 'before', async (host) => {
      const flow = onMortal({}, host)
      await flow.result
      assert.equal(flow.states, [
        'checkPrivileges',
        'pulling.streaming',
        'pulling.verifying',
        'enabling',
        'done',
      ])
      assert.equal(await left(), [`${world().reference('plain')} enabled`])
    }))

  test('in reauth :: the credentials are taken to the one that is there then', async () => {
    const { username, password } = world().registries.private
    const reference = world().reference('private', world().registries.private)
    const flow = onMortal({ reference })
    await entering(flow, 'reauth')
    await firstValueFrom(flow.credentials$.pipe(filter(Boolean), timeout(30_000)))
    await engine.kill()
    assert.is(flow.authenticate({ username, password }), true)
    await Promise.all([flow.result, engine.restart()])
    assert.equal(await left(), [`${reference} enabled`])
  })

  test('in awaitConsent :: the pull waits for it', async () => {
    const reference = world().reference('probe')
    const flow = onMortal({ reference })
    await firstValueFrom(flow.consent$.pipe(filter(Boolean), timeout(30_000)))
    await engine.kill()
    assert.is(flow.grant(), true)
    await Promise.all([flow.result, engine.restart()])
    assert.equal(await left(), [`${reference} enabled`])
  })

  test('while it downloads :: nothing is left', async () => {
    const throttle = await startThrottle(world().registries.open, 8 * 1024 * 1024)
    try {
      const flow = onMortal({ reference: world().reference('big', throttle) })
      await pullShows(flow, ({ current }) => current > 1024 * 1024)
      const error = await outlive(failure(flow))
      assert.equal([error.code, error.state], ['pull-interrupted', 'pulling'])
      assert.is(error.retryable, true)
      assert.equal(error.rollback, NOTHING)
      assert.equal(await left(), [])
    } finally {
      await throttle.close()
    }
  })

  test('while it extracts :: nothing is left', async () => {
    const flow = onMortal({ reference: world().reference('crowded') })
    await pullShows(flow, ({ layers }) => layers.some(({ phase }) => phase === 'extracting'))
    const error = await outlive(failure(flow))
    assert.equal([error.code, error.state], ['pull-interrupted', 'pulling'])
    assert.equal(error.rollback, NOTHING)
    assert.equal(await left(), [])
  })

  test('once it has pulled, before that is heard :: taken back', async () => {
    let killing: Promise<void> | undefined
    let over: Promise<void> | undefined
    const socketPath = join(world().folder, 'mortal.sock')
    const proxy = await startLyingProxy(engine.socketPath, socketPath, {
      cut: (_, path) => (path.startsWith('/plugins/pull') ? /(?!)/ : undefined),
      hold(method, path) {
        if (killing || !proxy.requests.some((line) => line.startsWith('POST '))) return undefined
        if (!INSPECT.test(`${method} ${path}`)) return undefined
        killing = engine.kill()
        over = killing.then(() => engine.restart())
        return killing
      },
    })
    try {
      const error = await failure(onMortal({}, proxy.host))
      assert.equal([error.code, error.state], ['pull-interrupted', 'pulling'])
      assert.is(error.rollback.result, 'removed')
      assert.ok(killing, 'the engine was killed')
      assert.equal(await left(), [])
    } finally {
      await over
      await proxy.close()
    }
  })

  test('in verifying :: it looks again, and goes on', () =>
    killedAt(INSPECT, 'before', async (host) => {
      await onMortal({}, host).result
      assert.equal(await left(), [`${world().reference('plain')} enabled`])
    }))

  test('before it sees the settings :: they are set once it is back', async () => {
    let killed: Promise<void> | undefined
    const journal = async ({ state }: { state: string }) => {
      if (state !== 'configuring' || killed) return
      await engine.kill()
      killed = engine.restart()
    }
    await onMortal({ settings: ['DEBUG=7'], journal }).result
    await killed
    const [plugin] = await engine.plugins()
    assert.equal([plugin?.Enabled, plugin?.Settings.Env?.[0]], [true, 'DEBUG=7'])
  })

  test('once it has the settings :: taken back', () =>
    killedAt(/\/set$/, 'after', async (host) => {
      const error = await failure(onMortal({ settings: ['DEBUG=7'] }, host))
      assert.equal([error.code, error.state], ['engine-unreachable', 'configuring'])
      assert.is(error.rollback.result, 'removed')
      assert.equal(await left(), [])
    }))

  test('before it starts the plugin :: started once it is back', async () => {
    let killed: Promise<void> | undefined
    const journal = async ({ state }: { state: string }) => {
      if (state !== 'enabling' || killed) return
      await engine.kill()
      killed = engine.restart()
    }
    await onMortal({ journal }).result
    await killed
    assert.equal(await left(), [`${world().reference('plain')} enabled`])
  })

  test('once it has started the plugin :: taken back, and the plugin ends', () =>
    killedAt(/\/enable\?/, 'after', async (host) => {
      const error = await failure(onMortal({}, host))
      assert.equal([error.code, error.state], ['engine-unreachable', 'enabling'])
      assert.is(error.rollback.result, 'removed')
      assert.equal(await left(), [])
    }))

  for (const moment of ['before', 'after'] as const) {
    test(`in rollingBack, ${moment} it removes the plugin :: removed`, () =>
      killedAt(/^DELETE /, moment, async (host) => {
        const error = await failure(onMortal({ settings: ['BAD=1'] }, host))
        assert.is(error.code, 'unknown-setting')
        assert.is(error.rollback.result, 'removed')
        assert.equal(await left(), [])
      }))
  }

  test('and stays away :: a leftover is reported, with the command that removes it', () =>
    killedAt(
      /\/set$/,
      'after',
      async (host) => {
        const rollback = { attempts: 2, baseMs: 100 }
        const options = { settings: ['DEBUG=7'], policy: { rollback } }
        const error = await failure(onMortal(options, host))
        assert.equal([error.code, error.state], ['engine-unreachable', 'configuring'])
        assert.is(error.rollback.result, 'failed')
        await engine.restart()
        assert.equal(await left(), [`${world().reference('plain')} disabled`])
        const command = 'command' in error.rollback ? error.rollback.command : ''
        const env = { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONFIG: world().folder }
        await run('sh', ['-c', command], { env })
        assert.equal(await left(), [])
      },
      false,
    ))

  // Last: a plugin that 20.10.24 was starting when it was killed runs on, whatever is sent to it afterwards.
  test('while it starts the plugin :: taken back', async () => {
    const flow = onMortal({ reference: world().reference('late') })
    await until('the plugin runs', () => engine.running().length > 0)
    const error = await outlive(failure(flow))
    assert.equal([error.code, error.state], ['engine-unreachable', 'enabling'])
    assert.is(error.rollback.result, 'removed')
    assert.equal(await onEngine(engine), [])
  })
})

function pullShows(flow: PluginInstall, what: (progress: Progress) => boolean): Promise<unknown> {
  return firstValueFrom(flow.progress$.pipe(filter(what), timeout(30_000)))
}
