import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import * as assert from 'uvu/assert'
import { pageInQueue } from '../../src/command/queue/pageInQueue.ts'
import type { PageRollouts } from '../../src/command/rollout/pageRollouts.ts'
import { openQueueRunner } from '../../src/queue.ts'
import { createRolloutWorker, startRollout } from '../../src/rollout.ts'
import type { OpenRollout, RolloutNews } from '../../src/ui/rollouts.ts'
import { collected } from '../src/command/collect.ts'
import { engines, planFor } from '../support/rolloutStage.ts'
import { PASSWORD, startRedis } from './world/queueServer.ts'
import { queueSuite } from './world/queueSuite.ts'

const TARGETS = 20
const NO_WORKER = /^no worker serves this queue now: plugin-flow worker/
const AWAY = 'the queue has not answered in time; trying again'

queueSuite('rollouts of a queue on the page', (test, servers) => {
  test('listed and steered, without a worker and without the server too, and no password is shown', async () => {
    const server = await startRedis(servers)
    const fleet = engines()
    const runner = await openQueueRunner(server.url)
    const stderr = collected()
    const shown: unknown[] = []
    const openPage = () =>
      pageInQueue(server.url, {
        env: {},
        stdin: new PassThrough(),
        stdout: collected(),
        stderr,
        signals: new EventEmitter(),
      })
    const page = await openPage()
    try {
      assert.equal(await page.rollouts.list(), { rollouts: [], problems: [] })
      assert.is(await page.rollouts.open('2026'), undefined)
      const { targets } = await planFor(TARGETS)
      const zoned = { targets: targets.map((target) => ({ ...target, zone: 'eu' })) }
      const plan = await planFor(TARGETS, { canaries: [1] }, zoned)
      const { id, close } = await startRollout(plan, { runner })
      await close()
      const { rollouts, problems } = await page.rollouts.list()
      shown.push(rollouts, problems)
      assert.equal([rollouts.map((each) => each.id), rollouts[0]?.state], [[id], 'planning'])
      assert.match(problems.join(), NO_WORKER)
      const open = await opened(page, id)
      const waiting = await open.read(0)
      assert.equal([waiting.rows.length, waiting.rollout.isLeft], [TARGETS, false])
      assert.match(waiting.rollout.problem ?? '', NO_WORKER)

      const stop = await createRolloutWorker(runner, fleet).serve({ worker: 'w', parallel: 4 })
      const asked = await until(open, ({ rollout }) => rollout.state === 'awaitConsent')
      assert.is(asked.rollout.consent?.reference, 'vieux/sshfs:latest')
      await page.rollouts.order(id, 'grant')
      const holding = await until(open, ({ rollout }) => rollout.state === 'holding')
      assert.equal([holding.rollout.counts.done, holding.rollout.takes[0]], [1, 'promote'])
      await page.rollouts.order(id, 'promote')
      const done = await until(open, ({ rollout }) => rollout.state === 'done')
      assert.equal((await open.read(holding.version)).rows.length, TARGETS - 1)
      assert.is(done.rollout.problem, undefined)
      assert.is(fleet.enabled(), TARGETS)
      const target = await open.target(3)
      assert.equal([target?.engine, target?.after?.state], ['unix:///run/3.sock', 'present'])
      assert.is(target?.events?.at(-1)?.type, 'outcome')
      await rejects(page.rollouts.order(id, 'promote'), /does not take that while it is done$/)
      await stop()

      const reloaded = await openPage()
      const again = await (await opened(reloaded, id)).read(0)
      await reloaded.closed()
      assert.equal(again.rollout, done.rollout)
      assert.equal(again.rows, (await open.read(0)).rows)

      await server.kill()
      const [list, read, unknown, order] = await Promise.all([
        page.rollouts.list(),
        open.read(0),
        page.rollouts.open('2026').catch(String),
        page.rollouts.order(id, 'rollback').catch(String),
      ])
      shown.push(list, read, unknown, order)
      assert.equal([list.problems, list.rollouts], [[AWAY], [done.rollout].map(listed)])
      assert.equal([read.rollout.problem, read.rows], [AWAY, again.rows])
      assert.equal([unknown, order], [`RangeError: ${AWAY}`, `RangeError: ${AWAY}`])
      await server.start()
      assert.is((await until(open, ({ rollout }) => !rollout.problem)).rollout.state, 'done')
      assert.equal((await page.rollouts.list()).problems, [])

      const saved = await runner.load(id)
      assert.ok(saved && (await runner.remove(id, saved.version)))
      assert.equal(await page.rollouts.list(), { rollouts: [], problems: [] })
      await rejects(open.read(0), /there is no rollout \S+ any more$/)
      const client = new Redis(server.url)
      const keys = await keysOf(client)
      client.disconnect()
      assert.equal(
        keys.filter((key) => key.includes(id)),
        [],
      )
      // Queues of BullMQ stay as they are, without jobs.
      assert.equal(
        keys.filter((key) => !/^plugin-flow:(events|targets)/.test(key)),
        ['plugin-flow:token'],
      )
    } finally {
      await server.kill()
      await Promise.all([page.closed(), runner.close()])
      await server.stop()
      fleet.close()
    }
    assert.not.match(JSON.stringify(shown) + stderr.stream.text(), PASSWORD)
  })
})

async function opened({ rollouts }: PageRollouts, id: string): Promise<OpenRollout> {
  const open = await rollouts.open(id)
  assert.ok(open)
  return open
}

async function until(
  open: OpenRollout,
  isSo: (news: RolloutNews) => boolean,
): Promise<RolloutNews> {
  const end = Date.now() + 20_000
  let news = await open.read(0)
  while (!isSo(news) && Date.now() < end) {
    await setTimeout(50)
    news = await open.read(0)
  }
  assert.ok(isSo(news), JSON.stringify(news.rollout))
  return news
}

async function keysOf(client: Redis): Promise<string[]> {
  const [, keys] = await client.scan(0, 'MATCH', 'plugin-flow:*', 'COUNT', 10_000)
  return keys
}

async function rejects(act: Promise<unknown>, why: RegExp): Promise<void> {
  await act.then(
    () => assert.unreachable(),
    (error) => assert.match(String(error), why),
  )
}

function listed({ id, kind, name, reference, planned, state, counts }: RolloutNews['rollout']) {
  return { id, kind, name, reference, planned, state, counts }
}
