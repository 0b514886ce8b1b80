import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { parseQueueAddress } from '../../adapters/queue/address.ts'
import { openQueue } from '../../adapters/queue/openQueue.ts'
import { openQueueRunner } from '../../src/queue.ts'
import { runnerContract } from '../support/runnerContract.ts'
import { type QueueServer, startPostgres, startRedis } from './world/queueServer.ts'
import { queueSuite, withServers } from './world/queueSuite.ts'

const LEASE_MS = 1_200
const LIMIT_MS = 20_000
const problems: string[] = []

const kinds = {
  redis: { start: startRedis, empty: emptyRedis },
  postgres: { start: startPostgres, empty: emptyPostgres },
}

withServers('runner contract', (servers) => {
  for (const [kind, { start, empty }] of Object.entries(kinds)) {
    let server: QueueServer
    const hooks = {
      before: async () => {
        server = await start(servers)
      },
      after: () => server.stop(),
    }
    const open = async () => {
      const url = await empty(server)
      const opened = [await openRunner(url)]
      const [runner] = opened
      assert.ok(runner)
      return {
        runner,
        leaseTime: LEASE_MS,
        now: Date.now,
        pass: (ms: number) => setTimeout(ms),
        async until(isSo: () => boolean) {
          const end = Date.now() + LIMIT_MS
          while (!isSo() && Date.now() < end) await setTimeout(10)
          assert.ok(isSo(), `it has not come to that: ${problems.join('; ')}`)
        },
        async restart() {
          const another = await openRunner(url)
          opened.push(another)
          return another
        },
        close: async () => void (await Promise.all(opened.map((each) => each.close()))),
      }
    }
    runnerContract(`BullMQ on ${kind}`, open, hooks)
  }
})

queueSuite('a target that is given back', (test, servers) => {
  for (const [kind, { start }] of Object.entries(kinds)) {
    test(`${kind} :: can be taken again at once`, async () => {
      const server = await start(servers)
      const address = parseQueueAddress(server.url)
      const { store, jobs } = await openQueue(address, { leaseTime: 60_000, onProblem() {} })
      const queue = await jobs.targets(undefined)
      const taken = async () => {
        const end = Date.now() + LIMIT_MS
        for (;;) {
          const job = await queue.next()
          if (job || Date.now() > end) return job
          await setTimeout(10)
        }
      }
      try {
        await jobs.addTargets(undefined, [{ id: 'r-0-1', data: { rollout: 'r' } }])
        const first = await taken()
        assert.ok(first)
        await first.delay(0)
        const again = await taken()
        assert.equal(again?.data, { rollout: 'r' })
        await again?.complete()
      } finally {
        await queue.close()
        await jobs.close()
        await store.close()
        await server.stop()
      }
    })
  }
})

function openRunner(url: string) {
  return openQueueRunner(url, {
    leaseTime: LEASE_MS,
    onProblem: (message) => problems.push(message),
  })
}

async function emptyRedis({ url }: QueueServer): Promise<string> {
  const client = new Redis(url.replace('ann:', 'default:'))
  await client.flushall()
  client.disconnect()
  return url
}

async function emptyPostgres({ url }: QueueServer): Promise<string> {
  const client = new pg.Client(url)
  await client.connect()
  // BullMQ's list of its migrations stays, as its tables do.
  const { rows } = await client.query(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname like 'plugin_flow%' and tablename not like '%migration%'`,
  )
  if (rows.length > 0) await client.query(`truncate ${rows.map(({ name }) => name).join()}`)
  await client.end()
  return url
}
