import {
  createRegistryAuth,
  type FlowAuth,
  withRegistryAuth,
} from '../../adapters/docker/registryAuth.ts'
import { catalogue } from '../../machines/catalogue.ts'
import type { ConsentDecision, ConsentRequest } from '../../machines/consent.ts'
import type { CredentialsReason, InputOf, PullResult } from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import type { Account, JSONMessage, Plugin } from '../../machines/plugin.ts'
import type {
  AuthRequest,
  EnableRequest,
  InspectRequest,
  LookUpRequest,
  SetRequest,
  TakeBackRequest,
} from '../../machines/plugin-install/inputs.ts'
import { failed } from '../../machines/plugin-install/rollbackReport.ts'
import { applySettings, enablePlugin } from '../../machines/plugin-install/steps/changePlugin.ts'
import { lookUpPlugin } from '../../machines/plugin-install/steps/lookUpPlugin.ts'
import { takeBack } from '../../machines/plugin-install/steps/takeBack.ts'
import type { PluginLookUp, RollbackReport } from '../../machines/plugin-install/types.ts'
import { createProgress, type Progress } from '../../machines/progress.ts'
import type { RetryNotice } from '../../machines/retry.ts'
import { inspectSettled, settlings } from '../../machines/steps/inspectSettled.ts'
import { type PullEnd, startPull } from '../../machines/steps/startPull.ts'
import { pullLock } from './pullLock.ts'
import type { Policy } from './retry/policy.ts'
import { pause, type Time, withTimeout } from './retry/time.ts'
import { withRetries } from './retry/withRetries.ts'
import { createRedaction } from './secrets/redaction.ts'
import type { Engine, FlowOptions } from './types.ts'

/** What the implementations of one flow depend on. */
export interface FlowDependencies {
  engine: Engine
  options: Pick<FlowOptions, 'consent' | 'credentials'>
  /** Values of the secret settings, by `NAME[.FIELD]`. */
  values: ReadonlyMap<string, string>
  policy: Pick<Policy, 'retry' | 'rollback'>
  time: Time
  /** Milliseconds that the flow may still stay in its state. */
  remaining(): number
  /** Called before each wait for another attempt. */
  notify(notice: RetryNotice): void
  /** Called with each change of the progress. */
  showProgress(progress: () => Progress): void
  /** Writes down where the flow is, before it changes the engine; answers that the run was taken over. */
  record(): Promise<'abandon' | undefined>
}

/** What the steps of a flow take and give, by the actor of the chart. */
export interface Steps {
  lookUpPlugin: { input: LookUpRequest; output: PluginLookUp }
  requestCredentials: { input: AuthRequest; output: Account | undefined }
  decideConsent: { input: ConsentRequest; output: ConsentDecision }
  pluginPull: { input: InputOf<'pluginPull'>; output: PullResult }
  pluginInspect: { input: InspectRequest; output: Plugin | undefined }
  pluginSet: { input: SetRequest; output: Plugin }
  pluginEnable: { input: EnableRequest; output: undefined }
  takeBack: { input: TakeBackRequest; output: RollbackReport }
}

/** The signal fires when the state is left. */
export type StepImplementations = {
  [Name in keyof Steps]: (
    input: Steps[Name]['input'],
    signal: AbortSignal,
  ) => Promise<Steps[Name]['output']>
}

/** The work of one flow. */
export interface ActorImplementations extends StepImplementations {
  /** Takes credentials that a person entered. */
  submit: FlowAuth['submit']
  /** Why credentials are asked for. */
  credentialsReason(): CredentialsReason
  /** The error of a step as the machine may know it: without a secret of this flow. */
  toEngineError(error: unknown): unknown
  /** Drops what is secret. */
  forget(): void
}

/** Of a pull that nothing was sent of. */
const NOT_BEGUN: Promise<PullEnd> = Promise.resolve({ ownership: 'nothing' })

export function createImplementations(dependencies: FlowDependencies): ActorImplementations {
  const { options, time } = dependencies
  let isAbandoned = false
  const record = async () => {
    if ((await dependencies.record()) !== 'abandon') return
    isAbandoned = true
    throw abandoned()
  }
  const auth = createRegistryAuth({
    configured: (registry, signal) => dependencies.engine.configured?.(registry, signal),
    ...(options.credentials && { source: options.credentials }),
  })
  const redaction = createRedaction(dependencies.values)
  const once = redaction.withRedaction(withRegistryAuth(dependencies.engine, () => auth.header()))
  const { engine, retryUnsent, rollback } = withRetries(once, dependencies)
  const progress = shownProgress(dependencies.showProgress)
  const lock = pullLock(dependencies.engine)
  /** Why the registry refused last. */
  let refusal: EngineError | undefined
  const rememberRefusal = (error: unknown) => {
    refusal = isEngineError(error) && error.code === 'unauthorized' ? error : undefined
    throw error
  }
  const credentialsReason = () => (auth.header() === undefined ? 'missing' : 'refused')
  /** The end of the newest pull, since the last look-up. */
  let pullEnd: Promise<PullEnd> | undefined
  return {
    lookUpPlugin(input, signal) {
      pullEnd = undefined
      const ports = {
        engine,
        auth,
        pause: (ms: number) => pause(time, ms, signal),
        hasSecret: redaction.has,
      }
      return lookUpPlugin(ports, input, signal).catch(rememberRefusal)
    },
    async requestCredentials(input, signal) {
      const reason = credentialsReason()
      const account = await auth.request({ ...input, reason }, signal)
      if (!account && options.credentials) throw noCredentials(input, reason, refusal)
      return account
    },
    async decideConsent(request, signal) {
      const answer = await options.consent?.(request, signal)
      return typeof answer === 'boolean' ? { granted: answer } : answer
    },
    async pluginPull(input, signal) {
      pullEnd = NOT_BEGUN
      const release = await lock.acquire(input.name, signal)
      try {
        await record()
        signal.throwIfAborted()
        const ports = {
          engine: once,
          progress,
          clock: time.now,
          pause: (ms: number) => pause(time, ms),
        }
        const pull = retryUnsent(() => {
          const { result, end } = startPull(ports, input, signal)
          pullEnd = end
          return result
        }, signal)
        const pulled = await pull.catch(rememberRefusal)
        progress.finish()
        return pulled
      } finally {
        // A pull that is no longer waited for may go on for a while.
        void pullEnd?.then(release)
      }
    },
    // What the pull has installed is there, so a single answer that it is not may be wrong.
    pluginInspect: ({ name }, signal) =>
      inspectSettled(engine, name, settlings.no, signal, (ms) => pause(time, ms, signal)),
    pluginSet: (input, signal) =>
      applySettings(
        { engine, fill: redaction.fill, hasSecret: redaction.has, record },
        input,
        signal,
      ),
    pluginEnable: (input, signal) =>
      enablePlugin({ engine, record, pause: (ms) => pause(time, ms, signal) }, input, signal),
    async takeBack(input, signal) {
      // What cannot be written down, or not in time, has to be taken back all the same.
      await withTimeout(record(), time)
      if (isAbandoned) return leftBehind(input)
      // The end of a pull that is no longer waited for is known by now.
      const ended = input.ownership === 'uncertain' ? await pullEnd : undefined
      return takeBack({ engine: once, ...rollback(signal) }, { ...input, ...ended }, signal)
    },
    submit: (registry, credentials) => auth.submit(registry, credentials),
    credentialsReason,
    toEngineError: (error) =>
      redaction.redactError(isEngineError(error) ? error : hostFailed(error)),
    forget() {
      auth.forget()
      redaction.forget()
    },
  }
}

function shownProgress(show: FlowDependencies['showProgress']) {
  const progress = createProgress(() => performance.now())
  return {
    add(message: JSONMessage) {
      progress.add(message)
      show(progress.snapshot)
    },
    now: progress.snapshot,
    /** The pull ended well. */
    finish() {
      progress.complete()
      show(progress.snapshot)
    },
  }
}

/** What the registry said stays with it, and decides where it tells more than that it refused. */
function noCredentials(
  { registry }: AuthRequest,
  reason: CredentialsReason,
  refusal: EngineError | undefined,
): EngineError {
  if (refusal?.details.next !== undefined) return refusal
  const said = reason === 'missing' ? 'wants credentials' : 'did not accept the credentials'
  return new EngineError(
    'unauthorized',
    `the registry ${registry} ${said}: docker login ${registry}`,
    refusal?.details,
  )
}

/**
 * The failure of the host's own code. A mistake in it is told by the words that the language has for it;
 * anything else may have been made of a secret.
 */
function hostFailed(error: unknown): EngineError {
  const isMistake =
    (error instanceof TypeError || error instanceof ReferenceError) && !('code' in error)
  const name = error instanceof Error ? error.name : typeof error
  const shown = isMistake ? `${name}: ${error.message}` : name
  return new EngineError('host-failed', `${catalogue['host-failed'].summary} (${shown})`)
}

function abandoned(): EngineError {
  return new EngineError('abandoned', catalogue.abandoned.summary, { unsent: true })
}

/** What is known of an abandoned run: nothing may be sent to find out more. */
function leftBehind(input: TakeBackRequest): RollbackReport {
  if (input.ownership === 'nothing') return { result: 'nothingToRemove' }
  return failed(input, 'another process has taken over this run', input.id)
}
