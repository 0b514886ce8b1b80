import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { OperationId } from '../../machines/engine.ts'
import { openQueueRunner, type QueueRunner } from '../../src/queue.ts'
import { createRolloutWorker, type Rollout, startRollout } from '../../src/rollout.ts'
import { searchFor } from '../support/findSecrets.ts'
import { answerCalls } from '../support/remoteEngines.ts'
import { engines, planFor, REFERENCE } from '../support/rolloutStage.ts'
import type { Servers } from './world/installServers.ts'
import { filesIn, type QueueServer, startPostgres, startRedis } from './world/queueServer.ts'
import { queueSuite } from './world/queueSuite.ts'

const TARGETS = Number(process.env.TEST_TARGETS ?? 100)
const THIRD = Math.floor(TARGETS / 3)
const LEASE_MS = 3_000
const PARALLEL = 6
const SECRET = 'planted-7Qx2/&"é'
type Fleet = ReturnType<typeof engines>

/** Each server, and the calls in which a worker is stopped there. */
const kinds: [
  kind: string,
  start: (servers: Servers) => Promise<QueueServer>,
  heldIn: OperationId[],
][] = [
  ['redis', startRedis, ['pluginPull', 'pluginSet', 'pluginEnable']],
  ['postgres', startPostgres, ['pluginEnable']],
]

for (const [kind, start, heldIn] of kinds) {
  queueSuite(`rollout on ${kind}`, (test, servers) => {
    let server: QueueServer
    test.before(async () => {
      server = await start(servers)
    })
    test.after(() => server.stop())

    for (const call of heldIn)
      test(`of three workers one is killed, and one is stopped in ${call} for twice its lease and goes on :: ${TARGETS} done, one pull and one enable each, no secret kept`, async () => {
        const held: (() => void)[] = []
        let isHolding = true
        // The engine has done what it was asked for; the worker that asked sleeps.
        const zombies = engines(() => {}, {
          async after(_, id) {
            if (isHolding && id === call) await new Promise<void>((go) => held.push(go))
          },
        })
        const fleet = engines(() => {}, { all: zombies.all })
        const [runner, healthy] = await openRunners(server, 2)
        const workers: ChildProcess[] = []
        let stop = async () => {}
        try {
          const zombie = await startWorker(server.url, zombies)
          workers.push(zombie)
          const rollout = await startRollout(await plan(), { runner, consent: () => ({}) })
          let pulls = 0
          const mortal = startWorker(server.url, fleet, (id, worker) => {
            if (id === 'pluginPull') pulls += 1
            if (pulls === THIRD) worker.kill('SIGKILL')
          })
          await until(() => held.length === PARALLEL)
          zombie.kill('SIGSTOP')
          const stopped = Date.now()
          workers.push(await mortal)
          await until(() => pulls >= THIRD)
          stop = await work(healthy, fleet)
          await untilDone(rollout)
          await setTimeout(Math.max(0, stopped + 2 * LEASE_MS - Date.now()))
          const before = await runner.records(rollout.id)
          zombie.kill('SIGCONT')
          isHolding = false
          for (const release of held) release()
          await end(zombie)
          await stop()
          assert.equal(await runner.records(rollout.id), before)
          assert.is(zombies.enabled(), TARGETS)
          const both = (id: OperationId) =>
            Array.from(
              { length: TARGETS },
              (_, target) => (zombies.callsOf(target)[id] ?? 0) + (fleet.callsOf(target)[id] ?? 0),
            )
          assert.equal(new Set(both('pluginPull')), new Set([1]))
          assert.equal(new Set(both('pluginEnable')), new Set([1]))
          assert.equal(new Set(both('pluginDelete')), new Set([0]))
          await rollout.close()
          await server.kill()
          const files = filesIn(server.folder)
          assert.ok(files.some((file) => file.includes(REFERENCE)))
          const search = searchFor({ setting: SECRET })
          search.walk('files of the server', files)
          assert.equal(search.found, [])
          await server.start()
        } finally {
          for (const worker of workers) worker.kill('SIGKILL')
          await stop()
          await Promise.all([runner.close(), healthy.close()])
          zombies.close()
        }
      })

    test(`the server is killed at a third, and starts again :: ${TARGETS} done, one pull and one enable each`, async () => {
      let pulls = 0
      let restarted: Promise<void> | undefined
      const fleet = engines((_, id) => {
        if (id === 'pluginPull') pulls += 1
        if (pulls >= THIRD) restarted ??= server.kill().then(server.start)
      })
      const [control, ...working] = await openRunners(server, 3)
      const stops = await Promise.all(working.map((runner) => work(runner, fleet)))
      try {
        const rollout = await startRollout(await plan(), { runner: control, consent: () => ({}) })
        await untilDone(rollout)
        await restarted
        assert.is(fleet.enabled(), TARGETS)
        assert.equal(new Set(fleet.counted('pluginPull')), new Set([1]))
        assert.equal(new Set(fleet.counted('pluginEnable')), new Set([1]))
        await rollout.close()
      } finally {
        for (const stop of stops) await stop()
        await Promise.all([control, ...working].map((runner) => runner.close()))
        fleet.close()
      }
    })
  })
}

async function plan() {
  const { plugin } = await planFor(1)
  const settings = [{ name: 'DEBUG', from: 'env' as const, variable: 'PLANTED' }]
  return planFor(TARGETS, { parallel: 2 * PARALLEL }, { plugin: { ...plugin, settings } })
}

async function openRunners(
  { url }: QueueServer,
  count: number,
): Promise<[QueueRunner, QueueRunner, ...QueueRunner[]]> {
  const open = () => openQueueRunner(url, { leaseTime: LEASE_MS })
  const [one, other, ...more] = await Promise.all(Array.from({ length: count }, open))
  assert.ok(one && other)
  return [one, other, ...more]
}

function work(runner: QueueRunner, { connect }: Fleet): Promise<() => Promise<void>> {
  const worker = createRolloutWorker(runner, { connect, secret: async () => SECRET })
  return worker.serve({ worker: randomUUID(), parallel: PARALLEL })
}

async function startWorker(
  url: string,
  fleet: Fleet,
  onCall: (id: OperationId, worker: ChildProcess) => void = () => {},
): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'workerProcess.ts')
  const child = fork(script, [url, String(LEASE_MS), String(PARALLEL)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PLANTED: SECRET },
  })
  answerCalls(
    fleet,
    child,
    (id) => onCall(id, child),
    () => {},
  )
  await once(child, 'message')
  return child
}

async function end(worker: ChildProcess): Promise<void> {
  const exited = once(worker, 'exit')
  worker.send('end')
  await exited
}

/** A rollout that is paused tells why. */
async function untilDone(rollout: Rollout): Promise<void> {
  const paused = new Promise<void>((resolve) => {
    rollout.transition$.subscribe(({ to }) => to === 'paused' && resolve())
  })
  await Promise.race([rollout.result, paused])
  const failed = await rollout.targets({ state: 'failed' })
  assert.equal(
    failed.map(({ code, message }) => `${code}: ${message}`),
    [],
  )
  const { state, counts } = await rollout.result
  assert.equal([state, counts.done], ['done', TARGETS])
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 20_000
  while (!isSo() && Date.now() < end) await setTimeout(10)
  assert.ok(isSo(), 'it has not come to that')
}
