import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { parseQueueAddress } from '../../adapters/queue/address.ts'
import { openQueue } from '../../adapters/queue/openQueue.ts'
import { EngineError } from '../../machines/errors.ts'
import { openQueueRunner, type QueueRunner } from '../../src/queue.ts'
import {
  createRolloutWorker,
  type PlanRolloutOptions,
  planRollout,
  startRollout,
} from '../../src/rollout.ts'
import { onRolloutStage } from '../src/command/rollout/rolloutStage.ts'
import { refusedWith } from '../support/engineFailure.ts'
import { searchFor } from '../support/findSecrets.ts'
import { engines, REFERENCE } from '../support/rolloutStage.ts'
import { filesIn, type QueueServer, startPostgres, startRedis } from './world/queueServer.ts'
import { queueSuite } from './world/queueSuite.ts'

const ANSWER_MS = 1_500
const SECRET = 'planted-7Qx2/&"é'
const never = { signal: new AbortController().signal }
const SETTINGS = [{ name: 'DEBUG', from: 'env' as const, variable: 'TOKEN' }]
const targets = ['eu', 'us', 'eu'].map((zone, index) => ({
  id: `t${index}`,
  zone,
  labels: {},
  access: { host: `unix:///run/${index}.sock` },
}))

for (const [kind, start] of Object.entries({ redis: startRedis, postgres: startPostgres })) {
  queueSuite(`questions to workers on ${kind}`, (test, servers) => {
    let server: QueueServer
    test.before(async () => {
      server = await start(servers)
    })
    test.after(() => server.stop())

    test('a plan of two zones is made and monitored by workers of which each reaches its own; a zone without a worker, or without a secret, is refused; no secret is kept', async () => {
      const fleet = engines()
      const opened: QueueRunner[] = []
      const open = async () => {
        const runner = await openQueueRunner(server.url, { answerTime: ANSWER_MS })
        opened.push(runner)
        return runner
      }
      const reached: string[] = []
      const serve = async (zone: string, hasSecret = true) => {
        const worker = createRolloutWorker(await open(), {
          async connect(target) {
            reached.push(`${zone} ${target.id}`)
            if (target.zone !== zone) throw new EngineError('engine-unreachable', 'not from here')
            const { engine, plugins } = fleet.of(Number(target.id.slice(1)))
            const [plugin] = plugins()
            // By the second step it is looked at again: another client has disabled it meanwhile.
            if (zone === 'us' && plugin?.Enabled) {
              await engine.call('pluginDisable', { name: plugin.Name }, never)
            }
            return fleet.connect(target)
          },
          async secret() {
            if (hasSecret) return SECRET
            throw new EngineError('invalid-setting', 'a setting needs the variable TOKEN')
          },
        })
        return worker.serve({ worker: `${zone} ${randomUUID()}`, parallel: 2, zone })
      }
      const control = await open()
      const plan = (more: Partial<PlanRolloutOptions> = {}) =>
        planRollout({
          fleet: { targets },
          reference: REFERENCE,
          settings: SETTINGS,
          env: {},
          connect() {
            throw new Error('the planning machine reaches no engine')
          },
          ask: control.ask,
          strategy: { canaries: [], monitor: 20 },
          ...more,
        })
      const stops: (() => Promise<void>)[] = []
      try {
        // So that an engine has the value before it is looked at.
        const { engine } = fleet.of(2)
        const { privileges } = await engine.call(
          'getPluginPrivileges',
          { remote: REFERENCE },
          never,
        )
        await engine.call('pluginPull', { remote: REFERENCE, name: REFERENCE, privileges }, never)
        const settings = [`DEBUG=${SECRET}`]
        await engine.call('pluginSet', { name: REFERENCE, settings }, never)
        await engine.call('pluginEnable', { name: REFERENCE, timeout: 0 }, never)

        stops.push(await serve('eu'))
        const refused = (act: () => Promise<unknown>, words: RegExp) =>
          refusedWith('engine-unreachable', act, words)
        await Promise.all([
          refused(
            plan,
            /^no worker of the zone "us" has answered within 1.5 s: start one with plugin-flow worker --zone "us"$/,
          ),
          refused(
            () => control.ask(undefined, { about: 'secrets', settings: [] }),
            /^no worker without a zone has answered within 1.5 s: start one with plugin-flow worker$/,
          ),
        ])
        const stop = await serve('us', false)
        await refusedWith(
          'invalid-setting',
          plan,
          /^worker "us .*" of the zone "us": a setting needs the variable TOKEN; provide it there, and start plugin-flow worker --zone "us" again$/,
        )
        await stop()
        assert.equal(reached, [])
        stops.push(await serve('us'))
        const made = await plan()
        assert.equal(Object.fromEntries(made.targets.map(({ id, does }) => [id, does.action])), {
          t0: 'install',
          t1: 'install',
          t2: 'nothing',
        })
        assert.match(String(made.plugin.digest), /^sha256:/)

        const rollout = await startRollout(made, { runner: control, consent: () => ({}) })
        await new Promise<void>((resolve) => {
          rollout.transition$.subscribe(({ to }) => to === 'paused' && resolve())
        })
        const ends = (await rollout.targets()).map(({ target, state, code }) => [
          target,
          state,
          ...(code ? [code] : []),
        ])
        assert.equal(ends.sort(), [
          ['t0', 'done'],
          ['t1', 'failed', 'changed-by-others'],
          ['t2', 'kept'],
        ])
        assert.equal([...new Set(reached)].sort(), ['eu t0', 'eu t2', 'us t1'])
        await rollout.close()
      } finally {
        for (const stop of stops) await stop()
        await Promise.all(opened.map((runner) => runner.close()))
        fleet.close()
      }
      await server.kill()
      const search = searchFor({ setting: SECRET })
      const files = filesIn(server.folder)
      assert.ok(files.some((file) => file.includes('"about":"secrets"')))
      search.walk('files of the server', files)
      assert.equal(search.found, [])
      await server.start()
    })

    test('in the store :: a question is for a worker of its zone, again after a time, and gone once it is too old, answered or forgotten', async () => {
      const quiet = { leaseTime: 1_000, onProblem() {} }
      const { store, jobs } = await openQueue(parseQueueAddress(server.url), quiet)
      const { ask, take, answer, answers, forget } = store.questions
      const LONG_MS = 60_000
      await ask('old', 'eu', 'q', 20)
      await setTimeout(40)
      assert.is(await take('eu', LONG_MS), undefined)
      await ask('zoned', 'eu', 'q1', LONG_MS)
      await ask('open', undefined, 'q2', LONG_MS)
      assert.is(await take('us', LONG_MS), undefined)
      assert.equal(await take('eu', 20), { id: 'zoned', question: 'q1' })
      assert.is(await take('eu', LONG_MS), undefined)
      assert.equal(await take(undefined, LONG_MS), { id: 'open', question: 'q2' })
      await setTimeout(40)
      assert.equal(await take(undefined, 20), { id: 'zoned', question: 'q1' })
      await answer('zoned', 'a1')
      await setTimeout(40)
      assert.is(await take(undefined, LONG_MS), undefined)
      assert.equal(await answers(['zoned', 'open']), [{ id: 'zoned', answer: 'a1' }])
      for (const id of ['zoned', 'open']) await forget(id)
      await answer('open', 'a2')
      assert.equal(await answers(['zoned', 'open']), [])
      await jobs.close()
      await store.close()
    })

    test('the command asks them too', () =>
      onRolloutStage(
        async ({ folder, rollout, worker }) => {
          const path = join(folder, 'fleet.json')
          const fleet = JSON.parse(readFileSync(path, 'utf8'))
          const zones = ['eu', 'us']
          for (const [index, target] of fleet.targets.entries()) target.zone = zones[index]
          writeFileSync(path, JSON.stringify(fleet))
          const line =
            'plan --fleet FOLDER/fleet.json --set-secret-env DEBUG=TOKEN -o FOLDER/p.json vieux/sshfs'
          const working = [worker('--zone eu', { TOKEN: SECRET }), worker('--zone us')]
          const refused = await rollout(line)
          assert.is(refused.code, 1)
          assert.match(
            refused.stderr,
            /of the zone "us": a setting needs the variable TOKEN, which is not set on this machine; provide it there, and start plugin-flow worker --zone "us" again$/m,
          )
          working.push(worker('--parallel 2', { TOKEN: SECRET }))
          working[1]?.signals.emit('SIGTERM')
          assert.is(await working[1]?.code, 0)
          const made = await rollout(line)
          assert.is(made.code, 0, made.stderr)
          assert.match(made.stdout, '2: install')
          for (const { signals, code } of working) {
            signals.emit('SIGTERM')
            await code
          }
        },
        { size: 2, env: { PLUGIN_FLOW_QUEUE: server.url } },
      ))
  })
}
