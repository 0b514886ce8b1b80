import {
  FlowAuth,
  type RegistryCredentials,
  withRegistryAuth,
} from '../../adapters/docker/registryAuth.ts'
import { catalogue } from '../../machines/catalogue.ts'
import type { ConsentDecision, ConsentRequest } from '../../machines/consent.ts'
import type { CredentialsReason } from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import type { AuthRequest } from '../../machines/flow.ts'
import type { Account, JSONMessage } from '../../machines/plugin.ts'
import { createProgress, type Progress, type PullProgress } from '../../machines/progress.ts'
import type { RetryNotice } from '../../machines/retry.ts'
import type { Policy } from './retry/policy.ts'
import { pause, type Time } from './retry/time.ts'
import { withRetries } from './retry/withRetries.ts'
import { createRedaction, type Redaction } from './secrets/redaction.ts'
import type { Engine, FlowOptions } from './types.ts'

/** The dependencies of the work of one flow. */
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

/** The work of an actor of the chart. The signal fires when its state is left. */
// biome-ignore lint/suspicious/noExplicitAny: each chart gives its steps their own types
export type Step = (input: any, signal: AbortSignal) => Promise<unknown>

/**
 * The work of one flow. It has what a flow must keep while a person thinks: thousands of flows may wait at once, so tools
 * and steps are made when a step begins.
 */
export class FlowWork<Steps = Readonly<Record<string, Step>>> {
  readonly auth: FlowAuth
  readonly redaction: Redaction
  /** Whether the engine has answered any call. */
  hasAnswered = false
  /** Whether another process has taken the run over. */
  isAbandoned = false
  /** The last refusal of the registry. */
  refusal: EngineError | undefined
  /** Of a flow that has pulled something. */
  progress: PullProgress | undefined
  readonly #dependencies: FlowDependencies
  readonly #stepsOf: (tools: Tools) => Steps
  readonly #forgotten: (() => void) | undefined

  /** @param forgotten called when what is secret is dropped */
  constructor(
    dependencies: FlowDependencies,
    stepsOf: (tools: Tools) => Steps,
    forgotten?: () => void,
  ) {
    const { engine, options, values } = dependencies
    this.#dependencies = dependencies
    this.#stepsOf = stepsOf
    this.#forgotten = forgotten
    this.auth = new FlowAuth({
      configured: (registry, signal) => engine.configured?.(registry, signal),
      ...(options.credentials && { source: options.credentials }),
    })
    this.redaction = createRedaction(values)
  }

  /** By the actor of the chart. */
  steps(): Steps {
    return this.#stepsOf(createTools(this.#dependencies, this))
  }

  /** Takes credentials that a person entered. */
  submit(registry: string, credentials: RegistryCredentials): Account {
    return this.auth.submit(registry, credentials)
  }

  /** Why credentials are asked for. */
  credentialsReason(registry: string): CredentialsReason {
    return this.auth.header(registry) === undefined ? 'missing' : 'refused'
  }

  /** The error of a step as the machine may know it: without a secret of this flow. */
  toEngineError(error: unknown): unknown {
    return this.redaction.redactError(isEngineError(error) ? error : hostFailed(error))
  }

  /** Drops what is secret. */
  forget(): void {
    this.auth.forget()
    this.redaction.forget()
    this.#forgotten?.()
  }
}

export type Tools = ReturnType<typeof createTools>

/** Makes the tools that the steps of every flow need: an engine that retries, redacts and has credentials, and what people answer. */
function createTools(dependencies: FlowDependencies, work: FlowWork<unknown>) {
  const { options, time } = dependencies
  const { auth, redaction } = work
  const once = redaction.withRedaction(withRegistryAuth(dependencies.engine, auth))
  return {
    auth,
    redaction,
    /** The engine, each of whose calls is made once. */
    once,
    ...withRetries(once, dependencies, work),
    progress: shownProgress(dependencies, work),
    pause: (signal?: AbortSignal) => (ms: number) => pause(time, ms, signal),
    /** @throws EngineError `abandoned` once another process has taken the run over */
    async record() {
      if ((await dependencies.record()) !== 'abandon') return
      work.isAbandoned = true
      throw new EngineError('abandoned', catalogue.abandoned.summary, { unsent: true })
    },
    isAbandoned: () => work.isAbandoned,
    rememberRefusal(error: unknown): never {
      work.refusal = isEngineError(error) && error.code === 'unauthorized' ? error : undefined
      throw error
    },
    async requestCredentials(
      input: AuthRequest,
      signal: AbortSignal,
    ): Promise<Account | undefined> {
      const reason = work.credentialsReason(input.registry)
      const account = await auth.request({ ...input, reason }, signal)
      if (!account && options.credentials) throw noCredentials(input, reason, work.refusal)
      return account
    },
    async decideConsent(request: ConsentRequest, signal: AbortSignal): Promise<ConsentDecision> {
      const answer = await options.consent?.(request, signal)
      return typeof answer === 'boolean' ? { granted: answer } : answer
    },
  }
}

function shownProgress(dependencies: FlowDependencies, work: FlowWork<unknown>) {
  const progress = () => {
    work.progress ??= createProgress(() => performance.now())
    return work.progress
  }
  const show = () => dependencies.showProgress(progress().snapshot)
  return {
    add(message: JSONMessage) {
      progress().add(message)
      show()
    },
    now: () => progress().snapshot(),
    /** The pull ended well. */
    finish() {
      progress().complete()
      show()
    },
  }
}

/** The words of the registry stay with it, and decide where they tell more than that it refused. */
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
 * The failure of the host's own code. A mistake in it is reported in the words that the language has for it;
 * anything else may have been made of a secret.
 */
function hostFailed(error: unknown): EngineError {
  const isMistake =
    (error instanceof TypeError || error instanceof ReferenceError) && !('code' in error)
  const name = error instanceof Error ? error.name : typeof error
  const shown = isMistake ? `${name}: ${error.message}` : name
  return new EngineError('host-failed', `${catalogue['host-failed'].summary} (${shown})`)
}
