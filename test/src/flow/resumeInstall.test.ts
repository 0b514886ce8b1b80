import { once } from 'node:events'
import { connect as connectSocket } from 'node:net'
import * as assert from 'uvu/assert'
import { type InstallSnapshot, readSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { connect } from '../../../src/flow/connect.ts'
import { isInstallError } from '../../../src/flow/errors.ts'
import { toResumedInput } from '../../../src/flow/input.ts'
import { installPlugin, resumeInstall, startInstall } from '../../../src/flow/install.ts'
import type { Time } from '../../../src/flow/retry/time.ts'
import type { InstallOptions, ResumeOptions } from '../../../src/flow/types.ts'
import { onStage, type Stage } from '../../support/embedded.ts'
import { hastyTime } from '../../support/hastyTime.ts'
import { type Moment, mortal } from '../../support/mortal.ts'
import { suite } from '../../support/suite.ts'

const options: InstallOptions = {
  reference: 'vieux/sshfs',
  settings: ['DEBUG=1'],
  grantAllPermissions: true,
}
/** Ping, privileges, content, inspect, pull, inspect, set, enable. */
const CALLS = 8
const moments: Moment[] = ['before', 'during', 'after']

suite('resumeInstall', (test) => {
  for (const rollBack of [false, true]) {
    const what = rollBack ? 'taken back' : 'goes on'
    test(`a process that dies at any moment of any call :: the run ${what} in another`, async () => {
      let lives = 0
      for (let call = 1; call <= CALLS; call++) {
        for (const moment of moments) {
          await onStage(async (stage) => {
            const left = await liveUntil(stage, call, moment)
            const end = await resume(stage, left, { rollBack }, hastyTime)
            lives++
            const where = `call ${call}, ${moment}: ${JSON.stringify(left?.run)}`
            const plugins = stage.embedded.plugins()
            if (rollBack) {
              assert.equal(plugins, [], where)
              return
            }
            assert.is(end, left === undefined ? 'never began' : 'done', where)
            assert.is(plugins.length, left === undefined ? 0 : 1, where)
            if (left) assert.ok(plugins[0]?.Enabled, where)
            if (left) assert.equal(plugins[0]?.Settings.Env, ['DEBUG=1'], where)
          })
        }
      }
      assert.is(lives, CALLS * moments.length)
    })
  }

  test('nothing is pulled twice where the first pull had ended', () =>
    onStage(async (stage) => {
      const left = await liveUntil(stage, 7, 'after')
      assert.is(await resume(stage, left), 'done')
      const posts = stage.requests().filter((request) => request.startsWith('POST'))
      assert.is(posts.filter((request) => request === 'POST /plugins/pull').length, 1)
    }))

  test('a run that was being taken back is taken back further', () =>
    onStage(async (stage) => {
      const snapshots: InstallSnapshot[] = []
      const flow = stage.install({
        ...options,
        reference: 'acme/dies',
        settings: [],
        onFailure: 'keep',
        journal: (snapshot) => void snapshots.push(snapshot),
      })
      await flow.result.catch(() => {})
      const rolling = snapshots.find(({ state }) => state === 'rollingBack')
      assert.ok(rolling)
      const remove = { ...rolling, input: { ...rolling.input, onFailure: 'remove' as const } }
      assert.is(await resume(stage, remove), 'plugin-did-not-listen, removed')
      assert.equal(stage.embedded.plugins(), [])
      assert.is(await resume(stage, remove), 'plugin-did-not-listen, nothingToRemove')
    }))

  test('a run that has ended tells its end again, and changes nothing', () =>
    onStage(async (stage) => {
      const flow = stage.install(options)
      await flow.result
      const before = stage.embedded.plugins()
      assert.is(await resume(stage, flow.snapshot()), 'done')
      assert.equal(stage.embedded.plugins(), before)
      const denied = stage.install({
        ...options,
        grantAllPermissions: false,
        alias: 'b',
        consent: () => false,
      })
      await denied.result.catch(() => {})
      assert.is(await resume(stage, denied.snapshot()), 'consent-denied, nothingToRemove')
    }))

  test('a plugin that somebody else made meanwhile is theirs', () =>
    onStage(async (stage) => {
      const left = await liveUntil(stage, 7, 'before')
      assert.ok(left?.run.id)
      await stage.call('DELETE', `/plugins/${left.run.id}`)
      await stage.install({ reference: 'acme/plain', alias: 'vieux/sshfs' }).result
      assert.is(await resume(stage, left), 'already-exists, nothingToRemove')
      assert.match(stage.embedded.plugins()[0]?.PluginReference ?? '', 'acme/plain:latest')
    }))
})

suite('journal', (test) => {
  test('is written before each step that changes the engine, and at the end', () =>
    onStage(async ({ install, requests }) => {
      const written: string[] = []
      const journal = async ({ state, run, outcome }: InstallSnapshot) => {
        const posts = requests().filter((request) => request.startsWith('POST')).length
        written.push(`${state} ${run.ownership} ${posts} ${outcome?.state ?? ''}`.trim())
      }
      await install({ ...options, journal }).result
      assert.equal(written, [
        'pulling.streaming uncertain 0',
        'configuring created 1',
        'enabling created 2',
        'done created 3 done',
      ])
    }))

  test('that fails before a step forward ends the run, with nothing left', () =>
    onStage(async ({ embedded, install }) => {
      for (const state of ['pulling.streaming', 'configuring', 'enabling']) {
        const journal = (snapshot: InstallSnapshot) => {
          if (snapshot.state === state) throw new RangeError('no space')
        }
        const error = await install({ ...options, journal }).result.catch((error) => error)
        assert.is(error.code, 'host-failed', state)
        assert.equal(embedded.plugins(), [], state)
      }
    }))

  test('that fails at the end, or while taking back, hides nothing', () =>
    onStage(async ({ embedded, install }) => {
      const failing = (snapshot: InstallSnapshot) => {
        if (/done|roll/.test(snapshot.state)) throw new RangeError('no space')
      }
      assert.ok((await install({ ...options, alias: 'a', journal: failing }).result).enabled)
      const error = await install({
        ...options,
        settings: ['BAD=1'],
        journal: failing,
      }).result.catch((error) => error)
      assert.is(error.code, 'unknown-setting')
      assert.is(error.rollback.result, 'removed')
      assert.is(embedded.plugins().length, 1)
    }))
})

suite('snapshot', (test) => {
  test('is plain JSON', () =>
    onStage(async ({ install }) => {
      const flow = install({ reference: 'acme/plain', alias: 'mine' })
      await flow.result
      const snapshot = flow.snapshot()
      assert.equal(JSON.parse(JSON.stringify(snapshot)), snapshot)
      assert.is(snapshot.name, 'mine:latest')
      assert.is(snapshot.outcome?.state, 'done')
    }))

  test('that is invalid is refused', () => {
    const good = { version: 2, input: { reference: 'a', settings: [] } }
    const rows: [value: unknown, words: RegExp][] = [
      [null, /is an object/],
      [[], /is an object/],
      [{}, /no version/],
      [{ version: 1 }, /version 1/],
      [{ version: 2 }, /damaged/],
      [good, /damaged/],
      [{ ...good, run: { ownership: 'mine', enableRequested: true } }, /damaged/],
      [{ ...good, run: { ownership: 'created' } }, /damaged/],
      [{ version: 2, input: { reference: 1 }, run: { ownership: 'created' } }, /damaged/],
    ]
    for (const [value, words] of rows) assert.throws(() => readSnapshot(value), words)
  })
})

/** Lets a run live until it dies at a call, and returns the last snapshot that it wrote. */
async function liveUntil(stage: Stage, call: number, moment: Moment) {
  const engine = connect({ host: stage.embedded.host, env: { DOCKER_CONFIG: '/nonexistent' } })
  let left: string | undefined
  let dead = false
  await new Promise<void>((died) => {
    const mortalEngine = mortal(engine, call, moment, () => {
      dead = true
      died()
    })
    const flow = installPlugin(mortalEngine, {
      ...options,
      journal: (snapshot) => {
        if (!dead) left = JSON.stringify(snapshot)
      },
    })
    flow.result.then(() => died(), died)
  })
  engine.close()
  await idle(stage)
  return left === undefined ? undefined : (JSON.parse(left) as InstallSnapshot)
}

async function resume(
  stage: Stage,
  left: InstallSnapshot | undefined,
  options: ResumeOptions = {},
  time?: Time,
): Promise<string> {
  if (!left) return 'never began'
  const engine = connect({ host: stage.embedded.host, env: { DOCKER_CONFIG: '/nonexistent' } })
  try {
    const flow = time
      ? startInstall(
          engine,
          options,
          { input: toResumedInput(left, options), values: new Map() },
          { time },
        )
      : resumeInstall(engine, left, options)
    await flow.result
    return 'done'
  } catch (error) {
    if (!isInstallError(error)) throw error
    return `${error.code}, ${error.rollback.result}`
  } finally {
    engine.close()
  }
}

/** The engine has noticed that its client is gone once it answers the next one. */
async function idle({ embedded }: Stage): Promise<void> {
  const socket = connectSocket(embedded.host.replace('unix://', ''))
  await once(socket, 'connect')
  socket.end()
  await once(socket, 'close')
}
