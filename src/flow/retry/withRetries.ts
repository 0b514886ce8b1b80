import type { CallKind } from '../../../adapters/engine/api/operation.ts'
import { operations } from '../../../adapters/engine/api/operations.ts'
import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import type {
  CallOptions,
  Engine,
  InputOf,
  OperationId,
  OutputOf,
} from '../../../machines/engine.ts'
import { EngineError, isEngineError } from '../../../machines/errors.ts'
import {
  type Backoff,
  backoffDelays,
  type RetryNotice,
  type RetryPorts,
  retry,
} from '../../../machines/retry.ts'
import type { Policy } from './policy.ts'
import { pause, type Time } from './time.ts'

interface RetryDependencies {
  policy: Pick<Policy, 'retry' | 'rollback'>
  time: Time
  /** Milliseconds that the flow may still stay in its state. */
  remaining(): number
  /** Called before each wait. */
  notify(notice: RetryNotice): void
}

/** Codes of failures that another attempt cannot mend, though the engine has seen nothing of the call. */
const LASTING: readonly InstallErrorCode[] = ['abandoned', 'consent-mismatch', 'engine-not-trusted']

/**
 * The retries of one flow on one engine.
 *
 * @param known whether the engine has ever answered: one that has not does not run, and waiting for it is not wanted
 */
export function withRetries(
  engine: Engine,
  dependencies: RetryDependencies,
  known = { hasAnswered: false },
) {
  const { policy, time } = dependencies
  const ports = (backoff: Backoff, signal: AbortSignal): RetryPorts => ({
    delays: backoffDelays(backoff, time.random),
    remaining: () => dependencies.remaining(),
    notify: (notice) => dependencies.notify(notice),
    pause: (ms) => pause(time, ms, signal),
  })
  const repeat = async <T>(call: () => Promise<T>, signal: AbortSignal, kind: CallKind) => {
    const mayPass = (error: unknown) => {
      if (signal.aborted || !isEngineError(error)) return false
      const { status, unsent, transient } = error.details
      known.hasAnswered ||= status !== undefined
      if (LASTING.includes(error.code)) return false
      if (kind !== 'look') return known.hasAnswered && unsent === true
      // An engine that starts again gives its socket its rights a moment after that is there.
      if (unsent || error.code === 'engine-unreachable') return known.hasAnswered
      return error.code === 'timed-out' || transient === true
    }
    try {
      const value = await retry(call, mayPass, ports(policy.retry, signal))
      known.hasAnswered = true
      return value
    } catch (error) {
      throw signal.aborted && !isEngineError(error) ? cancelled(kind) : error
    }
  }
  return {
    /** Repeats a change as long as the engine has not seen it. The signal ends the waits. */
    retryUnsent: <T>(change: () => Promise<T>, signal: AbortSignal) =>
      repeat(change, signal, 'change'),
    /** For attempts that look before they act. */
    rollback: (signal: AbortSignal) => ports(policy.rollback, signal),
    /**
     * The engine, whose looks are repeated when they were not answered, and whose changes when the engine has
     * not seen them. Pulls are made once.
     */
    engine: {
      call<Id extends OperationId>(
        id: Id,
        input: InputOf<Id>,
        options: CallOptions,
      ): Promise<OutputOf<Id>> {
        const call = () => engine.call(id, input, options)
        const { kind } = operations[id]
        return kind === 'pull' ? call() : repeat(call, options.signal, kind)
      },
    },
  }
}

/** The error for a repeated call that is no longer waited for. */
function cancelled(kind: CallKind): EngineError {
  const details = kind === 'look' ? {} : { unsent: true as const }
  return new EngineError('cancelled', 'the wait for another attempt was cancelled', details)
}
