import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filter, firstValueFrom, timeout } from 'rxjs'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../../machines/errors.ts'
import type { Plugin } from '../../../machines/plugin.ts'
import { startEmbeddedEngine } from '../../../src/embedded.ts'
import { connect } from '../../../src/flow/connect.ts'
import { isInstallError } from '../../../src/flow/errors.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import { pullLock } from '../../../src/flow/pullLock.ts'
import type { Engine, InstallOptions, PluginInstall } from '../../../src/flow/types.ts'
import { deferred } from '../../engine/world/deferred.ts'
import { startLyingProxy } from '../../engine/world/lyingProxy.ts'
import { onStage } from '../../support/embedded.ts'
import { suite } from '../../support/suite.ts'

const someEngine = () => ({}) as Engine
const never = new AbortController().signal

suite('pullLock', (test) => {
  test('one name :: one after the other, in order', async () => {
    const lock = pullLock(someEngine())
    const told: string[] = []
    const take = async (who: string) => {
      const end = await lock.acquire('a', never)
      told.push(`${who} begins`)
      await null
      told.push(`${who} ends`)
      end()
    }
    await Promise.all(['first', 'second', 'third'].map(take))
    const order = ['first', 'second', 'third']
    assert.equal(
      told,
      order.flatMap((who) => [`${who} begins`, `${who} ends`]),
    )
  })

  test('another name, another engine :: at once', async () => {
    const engine = someEngine()
    await pullLock(engine).acquire('a', never)
    await pullLock(engine).acquire('b', never)
    await pullLock(someEngine()).acquire('a', never)
  })

  test('who no longer waits :: is passed over', async () => {
    const lock = pullLock(someEngine())
    const end = await lock.acquire('a', never)
    const stop = new AbortController()
    const second = lock.acquire('a', stop.signal).catch((error: unknown) => error)
    const third = lock.acquire('a', never)
    stop.abort()
    const error = await second
    assert.ok(isEngineError(error))
    assert.is(error.code, 'cancelled')
    end()
    ;(await third)()
  })

  test('two flows for one name :: the second is refused before it pulls anything', () =>
    onStage(
      async ({ embedded, install }) => {
        const flows = [install({ reference: 'acme/plain' }), install({ reference: 'acme/plain' })]
        const ends = await Promise.all(
          flows.map(({ result }) => result.catch((error: unknown) => error)),
        )
        const [error, ...others] = ends.filter(isInstallError)
        assert.equal(others, [])
        assert.equal([error?.code, error?.rollback.result], ['already-exists', 'nothingToRemove'])
        assert.equal([error?.state, error?.failure.status], ['pulling', 400])
        assert.equal(
          embedded.plugins().map(({ Enabled }) => Enabled),
          [true],
        )
      },
      { pace: 0.2 },
    ))

  test('a flow that is cancelled while it waits :: has sent nothing, and takes nothing away', () =>
    onHeldPull(async ({ install, held, release, requests, plugins }) => {
      const first = install({ reference: 'acme/plain', disabled: true })
      await Promise.race([held, first.result])
      const second = install({ reference: 'acme/plain' })
      await streaming(second)
      second.cancel()
      const error = await second.result.catch((error: unknown) => error)
      assert.ok(isInstallError(error))
      assert.equal([error.code, error.rollback.result], ['cancelled', 'nothingToRemove'])
      release()
      await first.result
      assert.is(requests.filter((request) => request.startsWith('POST /plugins/pull')).length, 1)
      assert.is(plugins().length, 1)
    }))
})

interface HeldPull {
  install(options: InstallOptions): PluginInstall
  /** Resolves once a pull has been sent; it gets no further before `release`. */
  held: Promise<void>
  release(): void
  /** As they were sent. */
  requests: readonly string[]
  plugins(): Plugin[]
}

/** An engine on which a pull lasts for as long as a test wants. */
async function onHeldPull(act: (ground: HeldPull) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-held-'))
  const embedded = await startEmbeddedEngine({ pace: 0 })
  const [sent, released] = [deferred<void>(), deferred<void>()]
  const enginePath = embedded.host.replace('unix://', '')
  const proxy = await startLyingProxy(enginePath, join(folder, 'proxy.sock'), {
    hold(_, path) {
      if (!path.startsWith('/plugins/pull')) return undefined
      sent.resolve()
      return released.promise
    },
  })
  const engine = connect({ host: proxy.host, env: { DOCKER_CONFIG: folder } })
  try {
    await act({
      install: (options) => installPlugin(engine, options),
      held: sent.promise,
      release: released.resolve,
      requests: proxy.requests,
      plugins: embedded.plugins,
    })
  } finally {
    engine.close()
    await proxy.close()
    await embedded.close()
    rmSync(folder, { recursive: true })
  }
}

function streaming(flow: PluginInstall): Promise<unknown> {
  return firstValueFrom(
    flow.transition$.pipe(
      filter(({ to }) => to === 'pulling.streaming'),
      timeout(60_000),
    ),
  )
}
