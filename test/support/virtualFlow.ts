import { setImmediate } from 'node:timers/promises'
import { SimulatedClock } from 'xstate'
import type { CallOptions } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { Retry } from '../../machines/retry.ts'
import type { FlowDependencies } from '../../src/flow/flowTools.ts'
import { createImplementations } from '../../src/flow/implementations.ts'
import { toInput, toResumedInput } from '../../src/flow/input.ts'
import { startInstall } from '../../src/flow/install.ts'
import type { Time } from '../../src/flow/retry/time.ts'
import type { Engine, InstallOptions, PluginInstall } from '../../src/flow/types.ts'
import { type Answers, type FakeEngine, fakeEngine } from './fakePorts.ts'

/** Time that passes only when a test says so. */
export interface VirtualTime extends Time {
  /** Lets it pass at once, and everything happen that comes of it. */
  pass(ms: number): Promise<void>
}

export function virtualTime(random: () => number = () => 0): VirtualTime {
  const clock = new SimulatedClock()
  return {
    now: () => clock.now(),
    setTimeout: (call, ms) => clock.setTimeout(call, ms),
    clearTimeout: (timer) => clock.clearTimeout(timer as number),
    random,
    async pass(ms) {
      await settled()
      clock.increment(ms)
      await settled()
    },
  }
}

/** Every promise that can settle without a timer has. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await setImmediate()
}

/** A call that is never answered, until it is cancelled. */
export function hang(_: unknown, { signal }: CallOptions): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new EngineError('cancelled', 'cancelled'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

export interface VirtualFlow extends PluginInstall {
  engine: FakeEngine
  time: VirtualTime
  states: string[]
  retries: Retry[]
}

/** To load takes time that is not virtual. */
async function loaded(dependencies: FlowDependencies) {
  return createImplementations(dependencies)
}

/** An install in virtual time, new or taken up again. */
export function virtualFlow(
  answers: Answers,
  options: Partial<InstallOptions> = {},
  left?: InstallSnapshot,
  time = virtualTime(),
): VirtualFlow {
  const engine = fakeEngine(answers)
  const host: Engine = { host: 'unix:///virtual.sock', call: engine.call }
  const whole = { reference: 'acme/probe:1.0', ...options }
  const begun = left ? { input: toResumedInput(left, whole), values: new Map() } : toInput(whole)
  const flow = startInstall(host, whole, begun, { time, load: loaded })
  const states: string[] = []
  const retries: Retry[] = []
  flow.transition$.subscribe(({ to }) => states.push(to))
  flow.retry$.subscribe((retry) => retries.push(retry))
  return { ...flow, engine, time, states, retries }
}

/** Nothing here hangs: there are only waits between attempts, and for what a cut pull may leave. */
const LONGEST_MS = 5 * 60_000

/** Lets time pass until the flow has ended, and tells how long that was. */
export async function run(flow: VirtualFlow): Promise<number> {
  const { time, states } = flow
  await settled()
  while (!['done', 'rolledBack'].includes(String(states.at(-1)))) {
    if (time.now() > LONGEST_MS) throw new Error(`still ${states.at(-1)}`)
    await time.pass(50)
  }
  return time.now()
}
