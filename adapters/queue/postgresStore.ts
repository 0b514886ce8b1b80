import type { Pool, QueryResult } from 'pg'
import { EngineError } from '../../machines/errors.ts'
import { type QueueAddress, withoutSecrets } from './address.ts'
import { loadPackage } from './packages.ts'
import { postgresQuestions } from './postgresQuestions.ts'
import { postgresSchema } from './postgresSchema.ts'
import type { RolloutStore } from './store.ts'

const OLDEST = 13
const CONNECT_MS = 10_000
/** Of a statement whose answer does not come, as over a connection that the network has dropped. */
const QUERY_MS = 30_000
const RETRY_MS = 250
const OUTAGE_MS = 120_000
const CONNECTIONS = 4

/**
 * Connects, and makes the tables where they are missing.
 *
 * @throws EngineError `invalid-configuration` where there is no such server, it refuses this user, or it is too old
 */
export async function connectPostgres(address: QueueAddress): Promise<Pool> {
  const { default: pg } = await loadPackage('pg', 'postgres', () => import('pg'))
  const pool = new pg.Pool({
    connectionString: address.url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
  })
  // Of a connection that is idle: the next query gets another one.
  pool.on('error', () => {})
  try {
    const { rows } = await pool.query(
      "select current_setting('server_version_num')::int as version",
    )
    checkVersion(Number(rows[0]?.version), address)
    await pool.query(postgresSchema)
    return pool
  } catch (error) {
    await pool.end()
    if (error instanceof EngineError) throw error
    throw unusable(address, `does not take this connection: ${reasonOf(error)}`)
  }
}

/**
 * @param version as PostgreSQL's `server_version_num`
 * @throws EngineError `invalid-configuration`
 */
export function checkVersion(version: number, address: QueueAddress): void {
  const major = Math.floor(version / 10_000)
  if (major >= OLDEST) return
  throw unusable(address, `is PostgreSQL ${major}: a queue needs PostgreSQL ${OLDEST} or newer`)
}

function unusable(address: QueueAddress, why: string): EngineError {
  const message = `the queue ${address.shown} ${withoutSecrets(why, address)}`
  return new EngineError('invalid-configuration', message)
}

/** A host with several addresses fails with one error for each. */
function reasonOf(error: unknown): string {
  const { message, errors, code } = error as AggregateError & { code?: string }
  return message || errors?.[0]?.message || code || 'the connection failed'
}

/** Rollouts on PostgreSQL. */
export function createPostgresStore(pool: Pool): RolloutStore {
  let isClosed = false
  /** Each statement has the same effect when it is sent twice, as after an answer that was lost. */
  const query = async (text: string, values: readonly unknown[] = []): Promise<QueryResult> => {
    const end = Date.now() + OUTAGE_MS
    for (;;) {
      try {
        return await pool.query(text, [...values])
      } catch (error) {
        if (isClosed || !isOutage(error) || Date.now() > end) throw error
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }
  const rows = async <Row>(text: string, ...values: unknown[]): Promise<Row[]> =>
    (await query(text, values)).rows
  const isDone = async (text: string, ...values: unknown[]): Promise<boolean> =>
    (await query(text, values)).rowCount === 1
  const textOf = async (column: 'plan' | 'saved', rollout: string) => {
    const [row] = await rows<{ text: string | null }>(
      `select ${column} as text from plugin_flow.rollout where id = $1`,
      rollout,
    )
    return row?.text ?? undefined
  }

  return {
    async create(rollout, plan, records, zones) {
      await query(
        `with made as (
           insert into plugin_flow.rollout (id, plan) values ($1, $2)
           on conflict do nothing returning id
         ), zoned as (
           insert into plugin_flow.rollout_zone select made.id, unnest($4::text[]) from made
         )
         insert into plugin_flow.target (rollout, index, record)
         select made.id, given.number - 1, given.record
         from made, unnest($3::text[]) with ordinality as given (record, number)`,
        [rollout, plan, records, zones],
      )
    },
    remove: (rollout, version) =>
      isDone(
        `with gone as (
           delete from plugin_flow.rollout where id = $1 and version = $2 returning id
         ), zones as (
           delete from plugin_flow.rollout_zone using gone where rollout = gone.id
         ), targets as (
           delete from plugin_flow.target using gone where rollout = gone.id
         )
         select 1 where exists (select from gone)
           or not exists (select from plugin_flow.rollout where id = $1)`,
        rollout,
        version,
      ),
    rollouts: async () =>
      (await rows<{ id: string }>('select id from plugin_flow.rollout order by number')).map(
        ({ id }) => id,
      ),
    zones: async () =>
      (await rows<{ name: string }>('select distinct name from plugin_flow.rollout_zone')).map(
        ({ name }) => name,
      ),
    plan: (rollout) => textOf('plan', rollout),
    load: (rollout) => textOf('saved', rollout),
    save: (rollout, saved, { is, expected, writer }) =>
      isDone(
        `update plugin_flow.rollout set version = $3, saved = $4, writer = $5
         where id = $1 and (version = $2 or (version = $3 and writer = $5))`,
        rollout,
        expected,
        is,
        saved,
        writer,
      ),
    async records(rollout, from, count) {
      const found = await rows<{ record: string; sequence: string }>(
        `select target.record, rollout.sequence
         from plugin_flow.target join plugin_flow.rollout on rollout.id = target.rollout
         where rollout = $1 and index >= $2 and index < $2 + $3 order by index`,
        rollout,
        from,
        count,
      )
      return {
        records: found.map(({ record }) => record),
        sequence: Number(found[0]?.sequence ?? 0),
      }
    },
    write: (rollout, index, record, lease) =>
      isDone(
        `with held as (
           select 1 from plugin_flow.lease
           where engine = $4 and token = $5 and until > clock_timestamp() for update
         ), counted as (
           update plugin_flow.rollout set sequence = sequence + 1
           where id = $1 and ($4::text is null or exists (select from held))
           returning sequence
         )
         update plugin_flow.target set record = $3, sequence = counted.sequence
         from counted where rollout = $1 and index = $2`,
        rollout,
        index,
        record,
        lease?.engine ?? null,
        lease?.token ?? null,
      ),
    async changes(rollout, after, version) {
      // Writes to one rollout take turns, so that what is seen here is all there is up to the last of it.
      const found = await rows<{ record: string; sequence: string }>(
        `select record, sequence from plugin_flow.target
         where rollout = $1 and sequence > $2 order by sequence`,
        rollout,
        after,
      )
      const [machine] = await rows<{ saved: string | null }>(
        `select case when version <> $2 then saved end as saved
         from plugin_flow.rollout where id = $1`,
        rollout,
        version,
      )
      if (!machine) return undefined
      const { saved } = machine
      return {
        records: found.map(({ record }) => record),
        sequence: Number(found.at(-1)?.sequence ?? after),
        ...(saved !== null && { saved }),
      }
    },
    async claim(engine, claim, ms) {
      const [lease] = await rows<{ token: string }>(
        `insert into plugin_flow.lease as held (engine, claim, token, until)
         values ($1, $2, nextval('plugin_flow.token'), clock_timestamp() + $3 * interval '1 ms')
         on conflict (engine) do update
         set claim = excluded.claim, token = excluded.token, until = excluded.until
         where held.until <= clock_timestamp() or held.claim = excluded.claim
         returning token`,
        engine,
        claim,
        ms,
      )
      return lease && Number(lease.token)
    },
    extend: ({ engine, token }, ms) =>
      isDone(
        `update plugin_flow.lease set until = clock_timestamp() + $3 * interval '1 ms'
         where engine = $1 and token = $2 and until > clock_timestamp()`,
        engine,
        token,
        ms,
      ),
    async release({ engine, token }) {
      await query('delete from plugin_flow.lease where engine = $1 and token = $2', [engine, token])
    },
    questions: postgresQuestions(rows),
    async close() {
      isClosed = true
      await pool.end()
    },
  }
}

/** Classes of PostgreSQL's errors: connections, and a server that stops or starts. */
const OUTAGES = /^(08|57P0)|^E(CONN|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN)/

function isOutage(error: unknown): boolean {
  const { code, message, errors } = error as AggregateError & { code?: string }
  if (code !== undefined) return OUTAGES.test(code)
  if (errors?.length) return errors.every(isOutage)
  return /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect)/.test(
    message,
  )
}
