import {
  type ActorLogic,
  type ActorScope,
  type ActorSystem,
  type ActorSystemInfo,
  type AnyActorRef,
  fromPromise,
  type SnapshotFrom,
} from 'xstate'
import type { RegistryCredentials } from '../../adapters/docker/registryAuth.ts'
import type { Account } from '../../machines/plugin.ts'
import type { InstallEmitted, InstallEvent } from '../../machines/plugin-install/events.ts'
import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import { makeSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { InstallInput } from '../../machines/plugin-install/types.ts'
import type { Progress } from '../../machines/progress.ts'
import { notLoaded } from './errors.ts'
import type {
  ActorImplementations,
  FlowDependencies,
  StepImplementations,
  Steps,
} from './implementations.ts'
import { toInput, toResumedInput } from './input.ts'
import { completePolicy } from './retry/policy.ts'
import { processTime, stateDeadline, type Time, withTimeout } from './retry/time.ts'
import type { Engine, FlowOptions, InstallOptions } from './types.ts'

/** The chart of an install with its actors, which find the work of their flow by their parent. */
export const installMachine = pluginInstallMachine.provide({
  actors: actorsOf(pluginInstallMachine),
})

export type InstallMachine = typeof installMachine
type InstallMachineSnapshot = SnapshotFrom<InstallMachine>
type InstallScope = ActorScope<
  InstallMachineSnapshot,
  InstallEvent,
  ActorSystem<ActorSystemInfo>,
  InstallEmitted
>

/** An install as actor logic. Its input, which is optional, goes before the options it was made with. */
export type InstallLogic = ActorLogic<
  InstallMachineSnapshot,
  InstallEvent,
  Partial<InstallOptions> | undefined,
  ActorSystem<ActorSystemInfo>,
  InstallEmitted
>

/** How one run begins. */
export interface Begin {
  input: InstallInput
  /** Of the secret settings, by `NAME[.FIELD]`. Cleared when the run has ended. */
  values: Map<string, string>
}

/** What a host reaches of a run besides its machine. */
export interface InstallRun {
  work(): Promise<ActorImplementations>
  /** `undefined` while the part of the package that takes credentials is not loaded. */
  loaded: ActorImplementations | undefined
  /** Settles when the end was written down, could not be, or took too long. */
  written: Promise<void>
}

/** What tests replace. */
export interface LogicInternals {
  time?: Time
  load?: typeof loadWork
}

const runs = new WeakMap<AnyActorRef, InstallRun>()

/**
 * An install to be invoked or spawned by any XState machine; many run at once in one system. The parent
 * grants, denies and cancels by the events of the chart, and hears `progress` and `retry` as emitted
 * events. Stopped, it closes its connections and takes nothing back: `journal` gets its last snapshot,
 * which `resumeInstall` takes back or goes on with.
 */
export function installLogic(engine: Engine, options: InstallOptions): InstallLogic {
  const begin = (overrides: Partial<InstallOptions> = {}) => toInput({ ...options, ...overrides })
  return makeLogic(engine, options, begin) as unknown as InstallLogic
}

/** The machine of one run or of many, each of which begins anew. */
export function makeLogic(
  engine: Engine,
  options: FlowOptions,
  begin: (overrides?: Partial<InstallOptions>) => Begin,
  internals: LogicInternals = {},
): InstallMachine {
  const logic: InstallMachine = Object.create(installMachine)
  logic.getInitialSnapshot = (scope, overrides) => {
    const begun = begin(overrides as Partial<InstallOptions> | undefined)
    openRun(scope as InstallScope, engine, options, begun, internals)
    return installMachine.getInitialSnapshot(scope, begun.input)
  }
  logic.restoreSnapshot = (persisted, scope) => {
    const { status, ...snapshot } = persisted as InstallMachineSnapshot
    if (status !== 'active') return installMachine.restoreSnapshot(persisted, scope)
    // What was under way has to be looked at before anything is sent again.
    const input = toResumedInput(makeSnapshot(snapshot), options)
    openRun(scope as InstallScope, engine, options, { ...begin(), input }, internals)
    return installMachine.getInitialSnapshot(scope, input)
  }
  return logic
}

/** Credentials for an install that waits for them. `false`: it does not. */
export function authenticate(ref: AnyActorRef, credentials: RegistryCredentials): boolean {
  const snapshot = ref.getSnapshot() as InstallMachineSnapshot
  const { value, context } = snapshot
  const work = runOf(ref)?.loaded
  if (value !== 'reauth' || !context.asksPerson || !context.names || !work) return false
  const account: Account = work.submit(context.names.registry, credentials)
  ref.send({ type: 'credentials.submit', account })
  return true
}

/** The run of an actor, which is there from its first snapshot on. */
export function runOf(ref: AnyActorRef): InstallRun | undefined {
  return runs.get(ref)
}

function openRun(
  { self, emit }: InstallScope,
  engine: Engine,
  options: FlowOptions,
  { input, values }: Begin,
  { time = processTime, load = loadWork }: LogicInternals,
): void {
  const deadline = stateDeadline(input.timeouts, time.now)
  const progress = latest((read: () => Progress) => emit({ type: 'progress', progress: read() }))
  const record = async () =>
    (await options.journal?.(makeSnapshot(self.getSnapshot()))) || undefined
  let loading: Promise<ActorImplementations> | undefined
  const run: InstallRun = {
    loaded: undefined,
    written: Promise.resolve(),
    work() {
      loading ??= load({
        engine,
        options,
        values,
        policy: completePolicy(options.policy),
        time,
        remaining: deadline.remaining,
        notify: (notice) =>
          emit({ type: 'retry', retry: { ...notice, state: deadline.state(), at: Date.now() } }),
        showProgress: progress.show,
        record,
      }).then((work) => {
        run.loaded = work
        return work
      })
      return loading
    },
  }
  runs.set(self, run)
  const end = () => {
    progress.flush()
    values.clear()
    // A part that could not be loaded holds nothing.
    void loading?.then(({ forget }) => forget()).catch(() => {})
    if (options.journal) run.written = withTimeout(record(), time)
  }
  const next = (snapshot: InstallMachineSnapshot) => {
    deadline.enter(snapshot.value)
    if (snapshot.status === 'done') end()
  }
  const complete = () => {
    if (self.getSnapshot().status !== 'done') end()
  }
  self.subscribe({ next, error: end, complete })
}

/** Calls with the newest value only, once a turn of the loop. */
function latest<T>(call: (value: T) => void) {
  let due: { value: T } | undefined
  const flush = () => {
    const newest = due
    due = undefined
    if (newest) call(newest.value)
  }
  return {
    show(value: T) {
      if (!due) queueMicrotask(flush)
      due = { value }
    },
    flush,
  }
}

/**
 * With the first state, and so before anything is changed: what takes back must not be missing when
 * it is needed.
 */
async function loadWork(dependencies: FlowDependencies): Promise<ActorImplementations> {
  const { createImplementations } = await import('./implementations.ts').catch(notLoaded)
  return createImplementations(dependencies)
}

/** An actor for each that the chart names. */
function actorsOf({ implementations }: Pick<typeof pluginInstallMachine, 'implementations'>) {
  const names = Object.keys(implementations.actors) as (keyof Steps)[]
  return Object.fromEntries(names.map((name) => [name, actor(name)])) as {
    [Name in keyof Steps]: ReturnType<typeof actor<Name>>
  }
}

/** Leaving a state aborts its actor's signal, and with it the request. */
function actor<Name extends keyof Steps>(name: Name) {
  return fromPromise<Steps[Name]['output'], Steps[Name]['input']>(
    async ({ input, signal, self }) => {
      const run = self._parent && runOf(self._parent)
      if (!run) throw new Error('the chart runs by installLogic() alone')
      // Actors start before their state is shown: a turn later the host has seen it.
      const work = await run.work()
      signal.throwIfAborted()
      try {
        const steps: StepImplementations = work
        return await steps[name](input, signal)
      } catch (error) {
        throw work.toEngineError(error)
      }
    },
  )
}
