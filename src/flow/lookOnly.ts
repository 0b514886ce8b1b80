import { FlowAuth, withRegistryAuth } from '../../adapters/docker/registryAuth.ts'
import { asksFor, type ConsentDecision, type ConsentRequest } from '../../machines/consent.ts'
import type { Engine as EnginePort } from '../../machines/engine.ts'
import type { Failure } from '../../machines/errors.ts'
import { toFailure } from '../../machines/failure.ts'
import type { Retry, RetryNotice } from '../../machines/retry.ts'
import { completePolicy, type PolicyOptions } from './retry/policy.ts'
import { pause, StateDeadline, processTime as time } from './retry/time.ts'
import { withRetries } from './retry/withRetries.ts'
import { createRedaction } from './secrets/redaction.ts'
import type { Engine, FlowOptions } from './types.ts'

/** The options that a plan needs from its host. */
export interface LookOptions<Limits> {
  policy?: PolicyOptions<Limits>
  signal?: AbortSignal
  onRetry?: (retry: Retry) => void
}

/** The tools that a plan looks with. */
export interface LookTools {
  /** Retries, and has the credentials that are configured. */
  engine: EnginePort
  auth: FlowAuth
  signal: AbortSignal
  pause(ms: number): Promise<void>
  redaction: ReturnType<typeof createRedaction>
  /** Says that the calls from here on belong to this state, with its timeout. */
  enter(state: string): void
}

/**
 * Runs the look-ups of a plan. They fail as those of the flow would.
 *
 * @param values of the secret settings
 */
export async function lookOnly<Limits extends object, Result>(
  host: Engine,
  options: LookOptions<Limits>,
  { values, timeouts }: { values: ReadonlyMap<string, string>; timeouts: Limits },
  act: (tools: LookTools) => Promise<Result>,
  toError: (failure: Failure) => Error,
): Promise<Result> {
  const auth = new FlowAuth({
    configured: (registry, signal) => host.configured?.(registry, signal),
  })
  const signal = options.signal ?? new AbortController().signal
  const { retry, rollback, timeouts: limits } = completePolicy(options.policy, timeouts)
  const deadline = new StateDeadline(limits, time)
  const redaction = createRedaction(values)
  let state = ''
  const notify = (notice: RetryNotice) =>
    detached(() => options.onRetry?.({ ...notice, state, at: Date.now() }))
  try {
    const once = redaction.withRedaction(withRegistryAuth(host, auth))
    const policy = { retry, rollback }
    return await act({
      engine: withRetries(once, { policy, time, remaining: () => deadline.remaining(), notify })
        .engine,
      auth,
      signal,
      pause: (ms) => pause(time, ms, signal),
      redaction,
      enter(next) {
        state = next
        deadline.enter(next)
      },
    })
  } catch (error) {
    throw toError(toFailure(redaction.redactError(error), state))
  } finally {
    auth.forget()
    redaction.forget()
  }
}

/** A host's function that throws would otherwise look like an answer that did not come. */
function detached(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** The options that answer in place of a person. */
export interface AnswerOptions extends Pick<FlowOptions, 'consent'> {
  grantAllPermissions?: boolean
}

export const granted: ConsentDecision = { granted: true }

/** The answer that there is without asking a person. */
export async function decide(
  request: ConsentRequest,
  { consent, grantAllPermissions }: AnswerOptions,
  signal: AbortSignal,
): Promise<ConsentDecision> {
  if (grantAllPermissions || !asksFor(request)) return granted
  const answer = await consent?.(request, signal)
  return typeof answer === 'boolean' ? { granted: answer } : answer
}

export function pullRequest(remote: string, name: string): string {
  return `POST /plugins/pull?remote=${encodeURIComponent(remote)}&name=${encodeURIComponent(name)}`
}
