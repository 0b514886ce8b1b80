import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { installServers, type Servers } from '../queue/world/installServers.ts'
import { startPostgres, startRedis } from '../queue/world/queueServer.ts'
import { answerCalls } from '../support/remoteEngines.ts'
import { engines, planFor } from '../support/rolloutStage.ts'
import { builtQueue, builtRollout } from './built.ts'
import { type Plan, type Row, report, skip } from './row.ts'

const TARGETS = 1_000
const WORKERS = 2
/** Of each worker. */
const PARALLEL = 25
const LEASE_S = 30
const LIMIT_MS = 300_000

const KINDS = { Redis: startRedis, PostgreSQL: startPostgres }
type Kind = keyof typeof KINDS

/** The mishap once a third of the targets was begun. */
type Mishap = 'none' | 'a worker killed' | 'the server killed'

export const queuePlans: readonly Plan[] = Object.keys(KINDS).flatMap((kind) =>
  Object.values(plansOf(kind as Kind)),
)

/** The same rollout by two workers of a queue: undisturbed, with one of them killed, and with the server killed and started again. */
export async function measureQueues(): Promise<Row[]> {
  const servers = await installServers()
  if (!servers.ready) return queuePlans.map((plan) => skip(plan, servers.reason))
  const rows: Row[] = []
  for (const kind of ['Redis', 'PostgreSQL'] as const) {
    const plans = plansOf(kind)
    const calm = await run(servers, kind, 'none')
    const worker = await run(servers, kind, 'a worker killed')
    const server = await run(servers, kind, 'the server killed')
    const longer = ({ seconds }: Figures) => Math.max(0, seconds - calm.seconds)
    rows.push(
      report(plans.time, { value: calm.seconds, unit: 's' }, 1),
      report(plans.worker, { value: worker.once, unit: 'targets' }, 1),
      report(plans.workerTime, { value: longer(worker), unit: 's' }, 1),
      report(plans.server, { value: server.once, unit: 'targets' }, 1),
      report(plans.serverTime, { value: longer(server), unit: 's' }, 1),
    )
  }
  return rows
}

function plansOf(kind: Kind) {
  const what = `rollout on ${TARGETS} engines, BullMQ on ${kind}`
  const isDone = { atLeast: TARGETS, unit: 'targets' } as const
  const isLater = { atMost: LEASE_S + 60, unit: 's' } as const
  return {
    time: { what: `${what}: time`, goal: { atMost: 180, unit: 's' } },
    worker: { what: `${what}, a worker killed: done, one pull and enable each`, goal: isDone },
    workerTime: { what: `${what}, a worker killed: longer by`, goal: isLater },
    server: { what: `${what}, the server killed: done, one pull and enable each`, goal: isDone },
    serverTime: { what: `${what}, the server killed: longer by`, goal: isLater },
  } satisfies Record<string, Plan>
}

interface Figures {
  seconds: number
  /** Targets that are done with exactly one pull and one enable. */
  once: number
}

async function run(servers: Servers, kind: Kind, mishap: Mishap): Promise<Figures> {
  const { openQueueRunner } = await builtQueue()
  const { startRollout } = await builtRollout()
  const server = await KINDS[kind](servers)
  const fleet = engines()
  const workers: ChildProcess[] = []
  let pulls = 0
  let restarted: Promise<void> | undefined
  const onPull = () => {
    pulls += 1
    if (pulls !== Math.floor(TARGETS / 3)) return
    if (mishap === 'a worker killed') workers[0]?.kill('SIGKILL')
    if (mishap === 'the server killed') restarted = server.kill().then(server.start)
  }
  const runner = await openQueueRunner(server.url)
  try {
    for (let count = 0; count < WORKERS; count++) {
      workers.push(await startWorker(server.url, fleet, onPull))
    }
    const plan = await planFor(TARGETS, { parallel: WORKERS * PARALLEL })
    const start = performance.now()
    const rollout = await startRollout(plan, { runner, consent: () => ({ who: 'bench' }) })
    const late = AbortSignal.timeout(LIMIT_MS)
    await Promise.race([rollout.result, once(late, 'abort')])
    const seconds = (performance.now() - start) / 1_000
    await restarted
    const done = await rollout.targets({ state: 'done' })
    await rollout.close()
    const isOnce = ({ index }: { index: number }) => {
      const { pluginPull, pluginEnable } = fleet.callsOf(index)
      return pluginPull === 1 && pluginEnable === 1
    }
    return { seconds, once: done.filter(isOnce).length }
  } finally {
    for (const worker of workers) worker.kill('SIGKILL')
    await runner.close()
    await server.stop()
    fleet.close()
  }
}

async function startWorker(
  url: string,
  fleet: ReturnType<typeof engines>,
  onPull: () => void,
): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'rolloutQueueProcess.ts')
  const child = fork(script, [url, String(PARALLEL)], { execArgv: ['--import', 'tsx'] })
  answerCalls(
    fleet,
    child,
    (id) => id === 'pluginPull' && onPull(),
    () => {},
  )
  await once(child, 'message')
  return child
}
