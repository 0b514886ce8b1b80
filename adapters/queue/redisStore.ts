import type { Redis } from 'ioredis'
import { EngineError } from '../../machines/errors.ts'
import { type QueueAddress, withoutSecrets } from './address.ts'
import { loadPackage } from './packages.ts'
import { redisScripts } from './redisScripts.ts'
import type { HeldLease, RolloutStore } from './store.ts'

const PREFIX = 'plugin-flow'
const CONNECT_MS = 10_000
const RECONNECT_MS = 250

/**
 * A connection that comes back after its server was away. Commands wait for it meanwhile.
 *
 * @throws EngineError `invalid-configuration` where there is no such server, it refuses this user, or it may lose what it is given
 */
export async function connectRedis(address: QueueAddress): Promise<Redis> {
  const { Redis } = await loadPackage('ioredis', 'redis', () => import('ioredis'))
  let isOpen = false
  const client = new Redis(address.url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // BullMQ asks for it: what is sent waits for the connection.
    maxRetriesPerRequest: null,
    retryStrategy: () => (isOpen ? RECONNECT_MS : null),
  })
  let problem: Error | undefined
  client.on('error', (error: Error) => {
    problem = error
  })
  try {
    await client.connect()
    checkSafety(await client.info(), address)
    isOpen = true
    return client
  } catch (error) {
    client.disconnect()
    if (error instanceof EngineError) throw error
    throw unusable(
      address,
      `does not take this connection: ${(problem ?? (error as Error)).message}`,
    )
  }
}

function checkSafety(info: string, address: QueueAddress): void {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
  if (field('aof_enabled') !== '1') {
    const why = 'keeps no append-only file, so that a restart would lose rollouts'
    throw unusable(address, `${why}: set "appendonly yes" in its configuration`)
  }
  const policy = field('maxmemory_policy')
  if (policy !== 'noeviction') {
    const why = `would drop rollouts when its memory is full (${policy})`
    throw unusable(address, `${why}: set "maxmemory-policy noeviction" in its configuration`)
  }
}

function unusable(address: QueueAddress, why: string): EngineError {
  const message = `the queue ${address.shown} ${withoutSecrets(why, address)}`
  return new EngineError('invalid-configuration', message)
}

/** Rollouts on Redis. */
export function createRedisStore(client: Redis): RolloutStore {
  const key = (...parts: string[]) => [PREFIX, ...parts].join(':')
  const of = (rollout: string, ...parts: string[]) => key('rollout', rollout, ...parts)
  /** How many rollouts each zone has. */
  const zoneCounts = key('zone-counts')
  const leaseOf = ({ engine }: Pick<HeldLease, 'engine'>) => key('lease', engine)
  const run = (
    script: keyof typeof redisScripts,
    keys: readonly string[],
    ...values: readonly (string | number)[]
  ): Promise<unknown> => client.eval(redisScripts[script], keys.length, ...keys, ...values)
  const questions = key('questions')
  const questionOf = (id: string) => key('question', id)
  const optional = (text: string | null) => text ?? undefined

  return {
    async create(rollout, plan, records, zones) {
      const keys = [key('rollouts'), of(rollout), of(rollout, 'records'), zoneCounts]
      await run('create', keys, rollout, plan, zones.length, ...zones, ...records)
    },
    async remove(rollout, version, zones) {
      const ofRollout = [of(rollout), of(rollout, 'records'), zoneCounts, of(rollout, 'changes')]
      const keys = [key('rollouts'), ...ofRollout]
      return (await run('remove', keys, rollout, version, ...zones)) === 1
    },
    rollouts: () => client.lrange(key('rollouts'), 0, -1),
    zones: () => client.hkeys(zoneCounts),
    plan: async (rollout) => optional(await client.hget(of(rollout), 'plan')),
    load: async (rollout) => optional(await client.hget(of(rollout), 'saved')),
    save: async (rollout, saved, { is, expected, writer }) =>
      (await run('save', [of(rollout)], expected, is, saved, writer)) === 1,
    async records(rollout, from, count) {
      const keys = [of(rollout), of(rollout, 'records')]
      const [sequence, records] = (await run('records', keys, from, count)) as [string, string[]]
      return { records, sequence: Number(sequence) }
    },
    async write(rollout, index, record, lease) {
      const lockKey = lease ? leaseOf(lease) : key('lease')
      const keys = [of(rollout), of(rollout, 'records'), of(rollout, 'changes'), lockKey]
      return (await run('write', keys, index, record, lease?.token ?? '')) === 1
    },
    async changes(rollout, after, version) {
      const keys = [of(rollout), of(rollout, 'records'), of(rollout, 'changes')]
      const answer = await run('changes', keys, after, version)
      if (answer === null) return undefined
      const [sequence, records, saved] = answer as [string, string[], string | null]
      return { records, sequence: Number(sequence), ...(saved !== null && { saved }) }
    },
    async claim(engine, claim, ms) {
      const token = await run('claim', [leaseOf({ engine }), key('token')], claim, ms)
      return token === null ? undefined : Number(token)
    },
    extend: async (lease, ms) => (await run('extend', [leaseOf(lease)], lease.token, ms)) === 1,
    async release(lease) {
      await run('release', [leaseOf(lease)], lease.token)
    },
    questions: {
      async ask(id, zone, question, ms) {
        await run('ask', [questions, questionOf(id)], id, zone ?? '', question, ms)
      },
      async take(zone, ms) {
        const taken = await run('take', [questions, questionOf('')], zone ?? '', ms)
        if (taken === null) return undefined
        const [id, question] = taken as [string, string]
        return { id, question }
      },
      async answer(id, answer) {
        await run('answer', [questions, questionOf(id)], id, answer)
      },
      async answers(ids) {
        const found = await Promise.all(ids.map((id) => client.hget(questionOf(id), 'answer')))
        return ids.flatMap((id, index) => {
          const answer = found[index]
          return answer == null ? [] : [{ id, answer }]
        })
      },
      async forget(id) {
        await Promise.all([client.zrem(questions, id), client.del(questionOf(id))])
      },
    },
    async close() {
      client.disconnect()
    },
  }
}
