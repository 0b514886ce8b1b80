import type { QueueAddress } from './address.ts'
import { type Jobs, type JobsOptions, loadBullmq, openJobs } from './jobs.ts'
import { connectPostgres, createPostgresStore } from './postgresStore.ts'
import { connectRedis, createRedisStore } from './redisStore.ts'
import type { RolloutStore } from './store.ts'

/**
 * Connects to a queue, on Redis or on PostgreSQL.
 *
 * @throws EngineError `invalid-configuration` that says what is missing, refused or unsafe there
 */
export async function openQueue(
  address: QueueAddress,
  options: JobsOptions,
): Promise<{ store: RolloutStore; jobs: Jobs }> {
  // A missing package is reported before any server is asked.
  await loadBullmq(address)
  if (address.kind === 'postgres') {
    const store = createPostgresStore(await connectPostgres(address))
    return { store, jobs: await closing(store, openJobs(address, undefined, options)) }
  }
  const client = await connectRedis(address)
  const store = createRedisStore(client)
  return { store, jobs: await closing(store, openJobs(address, client, options)) }
}

async function closing(store: RolloutStore, jobs: Promise<Jobs>): Promise<Jobs> {
  try {
    return await jobs
  } catch (error) {
    await store.close()
    throw error
  }
}
