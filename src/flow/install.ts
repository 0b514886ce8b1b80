import { BehaviorSubject, filter, ReplaySubject, Subject } from 'rxjs'
import type { SnapshotFrom } from 'xstate'
import type { ConsentRequest } from '../../machines/consent.ts'
import type { CredentialsRequest } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import { credentialsInput } from '../../machines/plugin-install/inputs.ts'
import {
  type InstallSnapshot,
  makeSnapshot,
  readSnapshot,
} from '../../machines/plugin-install/snapshot.ts'
import type { InstallOutput } from '../../machines/plugin-install/types.ts'
import type { Progress } from '../../machines/progress.ts'
import type { Retry } from '../../machines/retry.ts'
import { keyOf } from '../../machines/settings.ts'
import { InstallError, notLoaded } from './errors.ts'
import { toInput, toResumedInput } from './input.ts'
import {
  authenticate,
  type Begin,
  type InstallMachine,
  type InstallRun,
  type LogicInternals,
  makeLogic,
  runOf,
} from './installLogic.ts'
import { processTime } from './retry/time.ts'
import { openSession } from './session.ts'
import type {
  Engine,
  FlowOptions,
  InstallOptions,
  InstallPlan,
  PlanOptions,
  PluginInstall,
  ResumeOptions,
} from './types.ts'

/**
 * Installs a plugin, and takes it back when a step fails. The flow starts at once. When it has ended,
 * nothing of it is on the engine that its `result` does not report.
 *
 * @throws EngineError `invalid-setting` where a setting is invalid, `invalid-option` where the policy is
 */
export function installPlugin(engine: Engine, options: InstallOptions): PluginInstall {
  return startInstall(engine, options, toInput(options))
}

/**
 * Takes a run up again that another process began. It asks the engine what is true now, and goes on
 * or rolls back from there: nothing is pulled, set or enabled again before it was looked at. A run
 * that was being taken back is taken back further; one that has ended tells its end.
 *
 * @throws RangeError when the snapshot is invalid; EngineError `invalid-option` when the run may still set
 * secret settings and their values are not there, which changes nothing: it can be resumed with them; or
 * when the policy cannot be used
 */
export function resumeInstall(
  engine: Engine,
  snapshot: InstallSnapshot,
  options: ResumeOptions = {},
): PluginInstall {
  const input = toResumedInput(readSnapshot(snapshot), options)
  const values = new Map(Object.entries(options.secretSettings ?? {}))
  if (!input.resumed.failure && !snapshot.outcome) checkSecrets(secretNames(snapshot), values)
  return startInstall(engine, options, { input, values })
}

/** The settings of a run whose values its snapshot does not hold. */
export function secretNames({ input }: InstallSnapshot): string[] {
  return input.settings.filter(({ secret }) => secret).map(keyOf)
}

function checkSecrets(names: readonly string[], values: ReadonlyMap<string, string>): void {
  const missing = names.filter((name) => typeof values.get(name) !== 'string')
  if (missing.length === 0) return
  throw new EngineError(
    'invalid-option',
    `the run has secret settings whose values were not kept: hand in ${missing.join(', ')} (secretSettings), or take the run back (rollBack)`,
  )
}

/**
 * Looks up what an install would do and sends nothing that changes anything. Credentials are those
 * configured; a person is asked for none.
 *
 * @throws InstallError as the install itself would at this point, and EngineError `invalid-setting` where
 * a setting is invalid, `invalid-option` where the policy is
 */
export async function planInstall(engine: Engine, options: PlanOptions): Promise<InstallPlan> {
  const { makePlan } = await import('./makePlan.ts').catch(notLoaded)
  return makePlan(engine, options)
}

/** Starts the flow of a run, new or resumed. */
export function startInstall(
  engine: Engine,
  options: FlowOptions,
  begun: Begin,
  internals: LogicInternals = {},
): PluginInstall {
  const progress = new ReplaySubject<Progress>(1)
  const retries = new Subject<Retry>()
  const consent = observePending<ConsentRequest>()
  const credentials = observePending<CredentialsRequest>()
  const session = openSession(
    makeLogic(engine, options, () => begun, internals),
    {
      ...(options.inspect && { inspect: options.inspect }),
      ...(options.signal && { signal: options.signal }),
      clock: internals.time ?? processTime,
      cancelEvent: { type: 'install.cancel' },
      show(snapshot) {
        consent.show(askedConsent(snapshot))
        credentials.show(askedCredentials(snapshot, runOf(session.ref)))
      },
      end() {
        for (const observed of [progress, retries, consent, credentials]) observed.complete()
      },
    },
  )
  session.ref.on('progress', (emitted) => progress.next(emitted.progress))
  session.ref.on('retry', ({ retry }) => retries.next(retry))
  const result = session.ended.then(async (output) => {
    // The end is reported even where it cannot be written down, or not in time.
    await runOf(session.ref)?.written
    return pluginOf(output)
  })
  // A host that watches only the states must not be ended by an unhandled rejection.
  result.catch(() => {})
  session.start()
  return {
    transition$: session.transition$,
    progress$: progress.asObservable(),
    retry$: retries.asObservable(),
    consent$: consent.value$,
    credentials$: credentials.value$,
    result,
    grant(request, who) {
      const event = { type: 'consent.grant', ...(who === undefined ? {} : { who }) } as const
      return consent.isCurrent(request) && session.send(event)
    },
    deny(reason, request) {
      const event = { type: 'consent.deny', ...(reason === undefined ? {} : { reason }) } as const
      return consent.isCurrent(request) && session.send(event)
    },
    authenticate: (given) => authenticate(session.ref, given),
    cancel: session.cancel,
    snapshot: () => makeSnapshot(session.actor.getSnapshot()),
    actor: session.actor,
  }
}

function pluginOf(output: InstallOutput) {
  if (output.state === 'rolledBack') throw new InstallError(output.failure, output.rollback)
  return output.plugin
}

type InstallMachineSnapshot = SnapshotFrom<InstallMachine>

function askedConsent({ value, context }: InstallMachineSnapshot): ConsentRequest | undefined {
  return value === 'awaitConsent' && context.asksPerson ? context.consentRequest : undefined
}

function askedCredentials(
  { value, context }: InstallMachineSnapshot,
  run: InstallRun | undefined,
): CredentialsRequest | undefined {
  if (value !== 'reauth' || !context.asksPerson) return undefined
  const reason = run?.loaded?.credentialsReason()
  return reason && { ...credentialsInput({ context }), reason }
}

/** A question that is there for a while: shown to subscribers while it is, and to none later. */
function observePending<T>() {
  const subject = new BehaviorSubject<T | undefined>(undefined)
  return {
    value$: subject.pipe(filter((value) => value !== undefined)),
    show(value: T | undefined) {
      const same = JSON.stringify(value) === JSON.stringify(subject.value)
      if (!same) subject.next(value)
    },
    /** An answer to a request that is no longer the one shown is no answer to this one. */
    isCurrent: (request: T | undefined) => request === undefined || request === subject.value,
    complete: () => subject.complete(),
  }
}
