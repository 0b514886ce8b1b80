import type { CallOptions, InputOf, OperationId } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import type { RolloutPlan, Strategy } from '../../machines/rollout/plan.ts'
import { planInstall } from '../../src/flow/install.ts'
import type { Engine } from '../../src/flow/types.ts'
import { hashPlan } from '../../src/rollout.ts'
import { type Simulation, simulateEngine } from '../../src/simulation.ts'
import { strategyOf } from './rolloutChart.ts'

export const REFERENCE = 'vieux/sshfs:latest'

/** Operations that an engine was asked for, by how often. */
type Calls = Partial<Record<OperationId, number>>

/** Called with each call of an engine, and waited for. */
type Hook = (target: number, id: OperationId, calls: Calls) => Promise<void> | void

/** Simulated engines, one for each target, which count their calls. */
export function engines(
  before: Hook = () => {},
  {
    after = () => {},
    all = new Map<number, Simulation>(),
  }: { after?: Hook; all?: Map<number, Simulation> } = {},
) {
  const counts = new Map<number, Calls>()
  const down = new Set<number>()
  const of = (target: number): Simulation => {
    const simulation = all.get(target) ?? simulateEngine({ pace: 0 })
    all.set(target, simulation)
    return simulation
  }
  const engine = (target: number): Engine => {
    const { engine } = of(target)
    const calls = counts.get(target) ?? {}
    counts.set(target, calls)
    return {
      ...engine,
      host: `simulated-${target}`,
      async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
        if (down.has(target)) {
          throw new EngineError('engine-unreachable', 'no engine answers', { unsent: true })
        }
        await before(target, id, calls)
        calls[id] = (calls[id] ?? 0) + 1
        const answer = await engine.call(id, input, options)
        await after(target, id, calls)
        return answer
      },
    }
  }
  return {
    all,
    of,
    engine,
    down,
    connect: ({ id }: { id: string }) => engine(Number(id.slice(1))),
    callsOf: (target: number): Calls => counts.get(target) ?? {},
    /** How often an operation was called, by target. */
    counted: (id: OperationId) => [...counts.values()].map((calls) => calls[id] ?? 0),
    enabled: () =>
      [...all.values()].filter((each) => each.plugins().some(({ Enabled }) => Enabled)).length,
    close() {
      for (const simulation of all.values()) simulation.close()
    },
  }
}

/** A plan for so many targets, as it would be made. */
export async function planFor(
  size: number,
  given: Partial<Strategy> = {},
  more: Partial<RolloutPlan> = {},
): Promise<RolloutPlan> {
  const simulation = simulateEngine({ pace: 0 })
  const { request } = await planInstall(simulation.engine, {
    reference: more.privileges ? REFERENCE : (more.plugin?.reference ?? REFERENCE),
  })
  simulation.close()
  const plan = {
    version: 1 as const,
    at: new Date().toISOString(),
    kind: 'install' as const,
    plugin: {
      reference: REFERENCE,
      name: request.name,
      ...(request.digest !== undefined && { digest: request.digest }),
      settings: [],
    },
    privileges: request.privileges,
    strategy: strategyOf(given),
    targets: Array.from({ length: size }, (_, index) => ({
      id: `t${index}`,
      engineId: `engine-${index}`,
      labels: {},
      access: { host: `unix:///run/${index}.sock` },
      found: { state: 'absent' as const },
      does: { action: more.kind ?? ('install' as const) },
    })),
    ...more,
  }
  return { ...plan, hash: hashPlan(plan) }
}
