import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { filter, firstValueFrom, timeout } from 'rxjs'
import * as assert from 'uvu/assert'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { Progress } from '../../machines/progress.ts'
import { type ConnectedEngine, connect } from '../../src/flow/connect.ts'
import { isInstallError } from '../../src/flow/errors.ts'
import { toInput, toResumedInput } from '../../src/flow/input.ts'
import { installPlugin, startInstall } from '../../src/flow/install.ts'
import type { InstallOptions, PluginInstall } from '../../src/flow/types.ts'
import { hastyTime } from '../support/hastyTime.ts'
import { deferred } from './world/deferred.ts'
import { engineSuite } from './world/engineSuite.ts'
import { entering, failure, onEngine } from './world/flows.ts'
import { startLyingProxy } from './world/lyingProxy.ts'
import type { World } from './world/startWorld.ts'
import { startThrottle } from './world/throttle.ts'

const MANY = 50
/** How often two begin at the same time. */
const ROUNDS = 5
const names = Array.from({ length: MANY }, (_, k) => `many-${String(k).padStart(2, '0')}:latest`)
const NOTHING = { result: 'nothingToRemove' }

engineSuite('real engine :: two flows at once for one name', (test, world) => {
  /** When the second begins: with the first, or once the first is in a state. */
  const starts = ['checkPrivileges', 'pulling.streaming', 'pulling.verifying', 'enabling'] as const
  for (const start of starts) {
    test(`the second from ${start} on :: one wins, and keeps its plugin`, () =>
      connected(world(), async (begin) => {
        const rounds = start === 'checkPrivileges' ? ROUNDS : 1
        for (let round = 0; round < rounds; round++) {
          const options = { reference: world().reference('plain'), settings: { DEBUG: '3' } }
          const first = begin(options)
          await entering(first, start)
          const ends = await Promise.all([first, begin(options)].map(endOf))
          const [lost, ...others] = ends.filter(isInstallError)
          assert.equal(others, [])
          assert.equal([lost?.code, lost?.rollback], ['already-exists', NOTHING])
          const [plugin, ...more] = await world().plugins()
          assert.equal(more, [])
          assert.equal([plugin?.Enabled, plugin?.Settings.Env?.[0]], [true, 'DEBUG=3'])
          await world().removeAll()
        }
      }))
  }

  test('the first is cancelled while it extracts :: the second has its turn then', () =>
    connected(world(), async (begin) => {
      const reference = world().reference('crowded')
      const first = begin({ reference })
      await firstValueFrom(first.progress$.pipe(filter(isExtracting), timeout(30_000)))
      const second = begin({ reference })
      await entering(second, 'pulling.streaming')
      first.cancel()
      const [lost, won] = await Promise.all([endOf(first), endOf(second)])
      assert.ok(isInstallError(lost))
      assert.is(lost.code, 'cancelled')
      // Whichever of the two the plugin came from, one of them tells what has become of it.
      if (isInstallError(won)) {
        assert.equal([won.code, won.rollback], ['already-exists', NOTHING])
        assert.is(lost.rollback.result, 'removed')
        assert.equal(await onEngine(world()), [])
      } else {
        assert.equal(await onEngine(world()), [`${reference} enabled`])
      }
    }))

  test('a run is resumed while the pull that it began still extracts :: it takes that up', async () => {
    const options = { reference: world().reference('crowded'), alias: 'resumed' }
    const extracting = deferred<void>()
    const pulled = pullUntil(world(), options, /Extracting/, extracting.resolve)
    await extracting.promise
    const socketPath = join(world().folder, 'resumed.sock')
    const proxy = await startLyingProxy(world().socketPath, socketPath, {
      hold: (method, path) =>
        method === 'POST' && path.startsWith('/plugins/pull') ? pulled.then(() => {}) : undefined,
    })
    const engine = connect({ host: proxy.host, env: { DOCKER_CONFIG: world().folder } })
    try {
      const input = toResumedInput(leftPulling(options), {})
      const begun = { input, values: new Map() }
      const flow = startInstall(engine, {}, begun, { time: hastyTime })
      const states: string[] = []
      flow.transition$.subscribe(({ to }) => states.push(to))
      const plugin = await flow.result
      assert.not.match(await pulled, 'error')
      assert.equal(states, [
        'checkPrivileges',
        'pulling.streaming',
        'checkPrivileges',
        'pulling.verifying',
        'enabling',
        'done',
      ])
      const there = (await world().plugins()).map(({ Id, Enabled }) => [Id, Enabled])
      assert.equal(there, [[plugin.id, true]])
    } finally {
      engine.close()
      await proxy.close()
    }
  })
})

engineSuite(`real engine :: ${MANY} flows at once for as many names`, (test, world) => {
  test('all done', () =>
    connected(world(), async (begin) => {
      const reference = world().reference('plain')
      const settings = { DEBUG: '3' }
      const flows = names.map((alias) => begin({ reference, alias, settings, disabled: true }))
      await Promise.all(flows.map(({ result }) => result))
      assert.equal(
        await onEngine(world()),
        names.map((name) => `${name} disabled`),
      )
    }))

  test('every second fails :: the removals take nothing of others', () =>
    connected(world(), async (begin) => {
      const reference = world().reference('plain')
      const flows = names.map((alias, k) =>
        begin({ reference, alias, settings: k % 2 ? ['BAD=1'] : [], disabled: true }),
      )
      const ends = await Promise.all(flows.map(endOf))
      const failed = ends.filter(isInstallError)
      assert.is(failed.length, MANY / 2)
      for (const { code, rollback } of failed) {
        assert.equal([code, rollback.result], ['unknown-setting', 'removed'])
      }
      const kept = names.filter((_, k) => k % 2 === 0).map((name) => `${name} disabled`)
      assert.equal(await onEngine(world()), kept)
    }))

  test('all cancelled in mid-pull :: nothing is left', () =>
    throttled(world(), 4, (reference) =>
      connected(world(), async (begin) => {
        const flows = names.map((alias) => begin({ reference, alias }))
        await Promise.all(flows.map((flow) => entering(flow, 'pulling.streaming')))
        await downloading(flows)
        for (const flow of flows) flow.cancel()
        for (const { code, rollback } of await Promise.all(flows.map(failure))) {
          assert.equal([code, rollback], ['cancelled', NOTHING])
        }
        assert.equal(await onEngine(world()), [])
      }),
    ))

  test('a removal while one pulls :: the next pull waits for that one', () =>
    throttled(world(), 10, (reference) =>
      connected(world(), async (begin) => {
        const plain = world().reference('plain')
        const slow = begin({ reference, disabled: true })
        await downloading([slow])
        const failing = begin({ reference: plain, alias: 'failing', settings: ['BAD=1'] })
        assert.is((await failure(failing)).rollback.result, 'removed')
        const order: string[] = []
        const ends = [
          slow.result.then(() => order.push('slow')),
          begin({ reference: plain, alias: 'next', disabled: true }).result.then(() =>
            order.push('next'),
          ),
        ]
        await Promise.all(ends)
        assert.equal(order, ['slow', 'next'])
        assert.equal(await onEngine(world()), [`${reference} disabled`, 'next:latest disabled'])
      }),
    ))
})

/** The snapshot that is left of a run whose process died in mid-pull. */
function leftPulling(options: { reference: string; alias: string }): InstallSnapshot {
  const { timeouts: _, ...input } = toInput(options).input
  const { reference, alias } = options
  const request = { id: 1, reference, name: `${alias}:latest`, privileges: [], settings: [] }
  const consent = { by: 'nobody', at: new Date(0).toISOString(), request } as const
  const pullBegan = new Date().toISOString()
  const run = { ownership: 'uncertain', enableRequested: false, consent, pullBegan } as const
  return { version: 2, state: 'pulling.streaming', input, run }
}

/** Pulls without a flow; resolves to all that was said, and tells the first match of it. */
async function pullUntil(
  { socketPath }: World,
  { reference, alias }: { reference: string; alias: string },
  match: RegExp,
  tell: () => void,
): Promise<string> {
  const query = new URLSearchParams({ remote: reference, name: alias })
  const headers = { 'Content-Type': 'application/json' }
  const sent = request({ socketPath, method: 'POST', path: `/plugins/pull?${query}`, headers })
  sent.end('[]')
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) {
    text += chunk
    if (match.test(text)) tell()
  }
  return text
}

function isExtracting({ layers }: Progress): boolean {
  return layers.some(({ phase }) => phase === 'extracting')
}

/** Flows of one connection, which is closed at the end. */
async function connected(
  world: World,
  act: (begin: (options: InstallOptions) => PluginInstall) => Promise<void>,
): Promise<void> {
  const engine: ConnectedEngine = connect({
    host: world.host,
    env: { DOCKER_CONFIG: world.folder },
  })
  try {
    await act((options) => installPlugin(engine, options))
  } finally {
    engine.close()
  }
}

/** A registry behind a link of so many megabytes a second, and its one big plugin. */
async function throttled(
  world: World,
  megabytes: number,
  act: (reference: string) => Promise<void>,
): Promise<void> {
  const throttle = await startThrottle(world.registries.open, megabytes * 1024 * 1024)
  try {
    await act(world.reference('big', throttle))
  } finally {
    await throttle.close()
  }
}

/** Resolves once one of them has some of the plugin. */
async function downloading(flows: readonly PluginInstall[]): Promise<void> {
  const has = flows.map((flow) =>
    firstValueFrom(
      flow.progress$.pipe(
        filter(({ current }) => current > 1024 * 1024),
        timeout(30_000),
      ),
    ),
  )
  await Promise.any(has)
  for (const each of has) each.catch(() => {})
}

function endOf({ result }: PluginInstall): Promise<unknown> {
  return result.catch((error: unknown) => {
    if (isInstallError(error)) return error
    throw error
  })
}
