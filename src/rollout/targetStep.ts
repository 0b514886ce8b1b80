import type { InstallErrorCode } from '../../machines/catalogue.ts'
import { defined } from '../../machines/defined.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import type { Plugin } from '../../machines/plugin.ts'
import { layersOf } from '../../machines/plugin-install/snapshot.ts'
import { computePrivileges } from '../../machines/privileges.ts'
import type { Lease, PluginOnTarget, TargetRecord } from '../../machines/rollout/records.ts'
import type { RolloutConsent } from '../../machines/rollout/types.ts'
import { keyOf } from '../../machines/settings.ts'
import { isInstallError, isUpgradeError } from '../flow/errors.ts'
import type { Time } from '../flow/retry/time.ts'
import type { Engine } from '../flow/types.ts'
import { changeTarget, removePlugin, type StepTools, undoTarget } from './changeTarget.ts'
import { endOf, readSaved } from './conduct.ts'
import { fenced } from './fence.ts'
import type { FleetTarget } from './fleetFile.ts'
import { wallTime } from './localRunner.ts'
import type { Runner, TargetTask } from './runner.ts'
import { withSecretsHidden } from './withSecretsHidden.ts'

export interface TargetStepOptions {
  /** Connects to the engine of a target, from the machine of the worker. */
  connect(target: FleetTarget): TargetEngine | Promise<TargetEngine>
  secret?: StepTools['secret']
  time?: Time
}

/** Closed after each step. */
export type TargetEngine = Engine & { close?(): void }

/** The result of a step. */
export type StepEnd = Pick<TargetRecord, 'state'> &
  Partial<Pick<TargetRecord, 'code' | 'message' | 'next' | 'after'>>

const ABANDONED = 'another worker has this target now'

/** Codes of engines that did not answer, as opposed to those that refused. */
const UNREACHABLE: readonly InstallErrorCode[] = ['engine-unreachable', 'timed-out']

/** Codes of plugins that differ from the one that the consent covers. */
const MISMATCHES: readonly InstallErrorCode[] = [
  'consent-denied',
  'digest-changed',
  'privileges-changed',
  'privileges-not-enforced',
]

/** Returns the function that works on one target under a lease, and sends the result to the machine. */
export function createTargetStep(runner: Runner, options: TargetStepOptions) {
  const { time = wallTime, secret = noSecret } = options

  return async (rollout: string, task: TargetTask, given: Lease): Promise<void> => {
    const { index, attempt, action } = task
    const [plan, saved] = await Promise.all([runner.plan(rollout), runner.load(rollout)])
    const [found] = await runner.records(rollout, { after: index - 1, limit: 1 })
    const target = plan?.targets[index]
    const consent = saved && readSaved(saved).context.consent
    if (!plan || !target || !found || !consent) return
    let record: TargetRecord = found
    let lease = given
    const lost = new AbortController()

    const lose = () => {
      lost.abort()
      return new EngineError('abandoned', ABANDONED, { unsent: true })
    }
    const write = async (changes: Partial<TargetRecord>) => {
      if (lost.signal.aborted) throw lose()
      record = { ...record, ...changes, lease }
      if (!(await runner.write(record, lease))) throw lose()
    }
    const extend = async () => {
      const extended = lost.signal.aborted ? undefined : await runner.extend(rollout, index, lease)
      if (!extended) throw lose()
      lease = extended
    }
    const mayChange = async () => {
      await extend()
      if (!record.changed) await write({ state: 'running', changed: true })
    }
    const heart = beat(time, (lease.until - time.now()) / 3, extend)
    try {
      const outcome = outcomeBefore(record, attempt)
      await write({
        state: 'leased',
        attempt,
        consent: consent.hash,
        times: { began: time.now(), ...record.times },
        ...defined({ outcome }),
      })
      const act = async (opened: Engine) => {
        const keys = plan.plugin.settings.filter((setting) => 'from' in setting).map(keyOf)
        const engine = withSecretsHidden(fenced(opened, mayChange), keys)
        const { signal } = lost
        const tools = { plan, engine, record: () => record, write, secret, signal }
        return action === 'undo' ? undo(tools) : change(tools, consent, time.now())
      }
      const state = action === 'undo' ? 'undoFailed' : 'failed'
      const end = await withOpened(() => options.connect(target), act).catch((error: unknown) =>
        failed(error, state),
      )
      const { code: _, message: __, next: ___, ...rest } = record
      record = rest
      const ended = action === 'undo' ? {} : { times: { ...record.times, ended: time.now() } }
      await write({ ...end, ...ended })
      await runner.event(rollout, endOf(record))
    } catch (error) {
      // The worker that has the lease now reports the result.
      if (!lost.signal.aborted) throw error
    } finally {
      heart.stop()
    }
  }
}

/** How a target ended before this attempt, which the worker of an earlier lease may have written down. */
function outcomeBefore({ attempt: last, state, outcome }: TargetRecord, attempt: number) {
  const isKnown = last === attempt || state === 'undone' || state === 'undoFailed'
  if (isKnown) return outcome
  return state === 'queued' ? undefined : state
}

async function change(tools: StepTools, { until }: RolloutConsent, now: number): Promise<StepEnd> {
  const { plan, engine, record, write, signal } = tools
  if (until !== undefined && Date.parse(until) < now) {
    throw new EngineError('consent-mismatch', `the consent was given until ${until}`)
  }
  if (!record().before) await write({ before: await look(engine, plan.plugin.name, signal) })
  const state = plan.kind === 'remove' ? await removePlugin(tools) : await changeTarget(tools)
  return { state, after: await look(engine, plan.plugin.name, signal) }
}

async function undo(tools: StepTools): Promise<StepEnd> {
  await undoTarget(tools)
  return { state: 'undone', after: await look(tools.engine, tools.plan.plugin.name, tools.signal) }
}

/** Closes the engine afterwards. An engine that cannot be opened, for example without its TLS files, fails like one that refuses. */
export async function withOpened<Result>(
  open: () => TargetEngine | Promise<TargetEngine>,
  act: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const engine = await open()
  try {
    return await act(engine)
  } finally {
    engine.close?.()
  }
}

function failed(error: unknown, state: 'failed' | 'undoFailed'): StepEnd {
  const { code, message, next } = factsOf(error)
  if (code === 'abandoned') throw error
  const isMismatch = MISMATCHES.includes(code)
  return {
    state: state === 'failed' && UNREACHABLE.includes(code) ? 'unreachable' : state,
    code: isMismatch ? 'consent-mismatch' : code,
    message,
    ...defined({ next }),
  }
}

/** A failure as a record has it. */
export function factsOf(error: unknown): {
  code: InstallErrorCode
  message: string
  next?: string
} {
  if (isInstallError(error) || isUpgradeError(error)) return error.failure
  if (isEngineError(error)) return { code: error.code, message: error.message }
  const name = error instanceof Error ? error.name : typeof error
  return { code: 'host-failed', message: `the host of the rollout failed (${name})` }
}

/** Returns the current state of a plugin, without the values of its settings. */
export async function look(
  engine: Engine,
  name: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<PluginOnTarget> {
  const plugin = await engine.call('pluginInspect', { name }, { signal })
  return plugin ? describe(plugin) : { state: 'absent' }
}

function describe(plugin: Plugin): PluginOnTarget {
  const { Id, Enabled, PluginReference, Settings, Config } = plugin
  const defaults = new Set((Config.Env ?? []).map(({ Name, Value }) => `${Name}=${Value ?? ''}`))
  const settings = (Settings.Env ?? [])
    .filter((line) => !defaults.has(line))
    .map((line) => keyOf({ name: line.split('=', 1)[0] ?? line }))
  const privileges = computePrivileges(Config)
  const facts = { id: Id, reference: PluginReference, enabled: Enabled, privileges, settings }
  return { state: 'present', ...facts, ...defined({ layers: layersOf(plugin) }) }
}

/** Extends a lease until it is stopped. */
function beat(time: Time, ms: number, extend: () => Promise<void>) {
  let isOver = false
  let timer: unknown
  const again = () => {
    timer = time.setTimeout(
      () => {
        // The next request notices a lost lease.
        void extend().then(
          () => !isOver && again(),
          () => {},
        )
      },
      Math.max(1, ms),
    )
  }
  again()
  return {
    stop() {
      isOver = true
      time.clearTimeout(timer)
    },
  }
}

export function noSecret(): Promise<string> {
  throw new EngineError('invalid-option', 'this worker has no source of secret settings')
}
