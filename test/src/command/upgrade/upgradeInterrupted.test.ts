import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../../src/embedded.ts'
import { startLyingProxy } from '../../../engine/world/lyingProxy.ts'
import {
  fatalRequest,
  isEnable,
  isPull,
  isSet,
  type Moment,
} from '../../../support/fatalRequest.ts'
import { suite } from '../../../support/suite.ts'
import { run } from '../stage.ts'

const NAME = 'acme/notes:1.0'
const GRANT = '--grant-all-permissions'

interface Ground {
  embedded: EmbeddedEngine
  env: Record<string, string>
  /** Upgrades by way of a proxy, and sends so many signals at a request that the engine never gets. */
  interrupted(isIt: Moment, signals: number, ...args: string[]): Promise<Ended>
  command(...args: string[]): Promise<Ended>
}

interface Ended {
  code: number
  stdout: string
  stderr: string
}

async function onGround(act: (ground: Ground) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-interrupted-'))
  const embedded = await startEmbeddedEngine({ pace: 0 })
  const env = { DOCKER_CONFIG: folder, HOME: folder, DOCKER_HOST: embedded.host }
  const endOf = async ({ code, stdout, stderr }: ReturnType<typeof run>) => ({
    code: await code,
    stdout: stdout.text(),
    stderr: stderr.text(),
  })
  try {
    const installed = run({}, env, ['install', GRANT, NAME, 'DEBUG=1', 'state.source=/data'])
    assert.is(await installed.code, 0)
    await act({
      embedded,
      env,
      command: (...args) => endOf(run({}, env, args)),
      async interrupted(isIt, count, ...args) {
        const signals = new EventEmitter()
        const lies = fatalRequest(isIt, 'unseen', () => {
          for (let sent = 0; sent < count; sent++) signals.emit('SIGINT')
        })
        const socket = embedded.host.replace('unix://', '')
        const proxy = await startLyingProxy(socket, join(folder, 'proxy.sock'), lies)
        try {
          const line = ['upgrade', '--host', proxy.host, '--mode', 'in-place', ...args]
          return await endOf(run({ signals }, env, [...line, NAME, 'acme/notes:2.0']))
        } finally {
          await proxy.close()
        }
      },
    })
  } finally {
    await embedded.close()
    rmSync(folder, { recursive: true })
  }
}

/** It runs as its owner has set it, and no copy is left. */
function assertAsBefore({ embedded }: Ground): void {
  const plugins = embedded.plugins()
  assert.equal(
    plugins.map(({ Name, Enabled }) => `${Name} ${Enabled}`),
    [`${NAME} true`],
  )
  const { Env, Mounts } = embedded.process(NAME) ?? {}
  assert.ok(Env?.includes('DEBUG=1'))
  assert.equal(
    Mounts?.map(({ Source }) => Source),
    ['/data'],
  )
  assert.match(plugins[0]?.PluginReference ?? '', 'notes:1.0')
}

const isLook = (path: string) => path.endsWith('/json') && path.startsWith('/plugins/')
const wasSwapped = (earlier: readonly string[]) => earlier.some((one) => one.includes('/upgrade?'))
const isSwap: Moment = (_, path) => path.includes('/upgrade?')

const moments: [state: string, isIt: Moment, ...args: string[]][] = [
  ['reading', (_, path, earlier) => isLook(path) && earlier.some((one) => one.endsWith('/json'))],
  ['resolving', (_, path) => path.includes('/distribution/')],
  ['staging', isPull],
  ['trying', isEnable, '--trial'],
  ['disabling', (_, path) => path.includes('/disable')],
  ['upgrading', isSwap],
  ['verifying', (_, path, earlier) => isLook(path) && wasSwapped(earlier)],
  ['configuring', isSet],
  ['enabling', isEnable],
  [
    'proving',
    (_, path, earlier) => isLook(path) && earlier.some((one) => one.includes('/enable?')),
  ],
]

suite('plugin-flow upgrade :: interrupted', (test) => {
  let ends: Promise<void>[] | undefined
  for (const [index, [state]] of moments.entries()) {
    test(`Ctrl-C in ${state} :: goes back, and the plugin is as it was, 130`, async () => {
      // Some of them wait for most of their time, so all of them do at once.
      ends ??= moments.map(([, isIt, ...args]) =>
        onGround(async (ground) => {
          const { code, stderr } = await ground.interrupted(isIt, 1, GRANT, ...args)
          assert.match(stderr, 'plugin-flow: SIGINT: cancelled, taking back; once more leaves')
          assert.match(stderr, /on the engine: (nothing was changed|the old version is back)/)
          assert.is(code, 130)
          assertAsBefore(ground)
        }),
      )
      await Promise.allSettled(ends)
      await ends[index]
    })
  }

  test('Ctrl-C while the question waits :: nothing has changed, 130', () =>
    onGround(async (ground) => {
      const signals = new EventEmitter()
      const asked = run({ signals }, ground.env, ['upgrade', NAME, 'acme/notes:2.0'])
      await asked.stdout.seen('[y/N] ')
      signals.emit('SIGINT')
      assert.is(await asked.code, 130)
      assert.match(asked.stderr.text(), 'on the engine: nothing was changed\n')
      assertAsBefore(ground)
    }))

  for (const [state, isIt] of moments.filter(([name]) => /^(staging|upgrading|enab)/.test(name))) {
    test(`a second Ctrl-C in ${state} :: leaves with the run to take back, 130`, () =>
      onGround(async (ground) => {
        const { code, stderr } = await ground.interrupted(isIt, 2, GRANT)
        assert.is(code, 130)
        const [, id = ''] = /plugin-flow rollback ([0-9a-f]{8})/.exec(stderr) ?? []
        assert.is.not(id, '', stderr)
        const back = await ground.command('rollback', '--host', ground.embedded.host, id)
        assert.is(back.code, 0, back.stderr)
        assertAsBefore(ground)
      }))
  }
})
