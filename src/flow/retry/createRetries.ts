import { isTransient } from '../../../adapters/engine/words/findPhrase.ts'
import type { PluginEngine } from '../../../machines/engine.ts'
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

/** What one flow tries again. */
export interface Retries {
  /**
   * The engine, whose look-ups are made again when they were not answered, and whose changes when it
   * has not seen them. A pull and a removal are made once.
   */
  patient: PluginEngine
  /** Makes a change again as long as the engine has not seen it. The signal ends the waits. */
  untilSeen<T>(change: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** For attempts that look before they act. */
  rollback(signal: AbortSignal): RetryPorts
}

export interface FlowRetries {
  policy: Pick<Policy, 'retry' | 'rollback'>
  time: Time
  /** Milliseconds that the flow may still stay in its state. */
  left(): number
  /** Told before each wait. */
  tell(notice: RetryNotice): void
}

/** The retries of one flow on one engine. */
export function createRetries(
  engine: PluginEngine,
  { policy, time, left, tell }: FlowRetries,
): Retries {
  const ports = (backoff: Backoff, signal: AbortSignal): RetryPorts => ({
    delays: backoffDelays(backoff, time.random),
    left,
    tell,
    pause: (ms) => pause(time, ms, signal),
  })
  /** An engine that has never answered is one that does not run: nobody wants to wait for that. */
  let hasAnswered = false
  const again = async <T>(call: () => Promise<T>, signal: AbortSignal, isLook: boolean) => {
    const mayPass = (error: unknown) => {
      if (signal.aborted || !isEngineError(error)) return false
      hasAnswered ||= error.details.status !== undefined
      if (error.code === 'engine-not-trusted') return false
      const isUnsent = error.details.unsent === true
      if (!isLook) return hasAnswered && isUnsent
      // An engine that starts again gives its socket its rights a moment after that is there.
      if (isUnsent || error.code === 'engine-unreachable') return hasAnswered
      return error.code === 'timed-out' || isTransient(error.details)
    }
    try {
      const value = await retry(call, mayPass, ports(policy.retry, signal))
      hasAnswered = true
      return value
    } catch (error) {
      throw signal.aborted && !isEngineError(error) ? cancelled(isLook) : error
    }
  }
  const look = <T>(call: () => Promise<T>, signal: AbortSignal) => again(call, signal, true)
  const untilSeen = <T>(call: () => Promise<T>, signal: AbortSignal) => again(call, signal, false)
  return {
    untilSeen,
    rollback: (signal) => ports(policy.rollback, signal),
    patient: {
      systemPing: (signal) => look(() => engine.systemPing(signal), signal),
      getPluginPrivileges: (remote, signal) =>
        look(() => engine.getPluginPrivileges(remote, signal), signal),
      distributionInspect: (remote, signal) =>
        look(() => engine.distributionInspect(remote, signal), signal),
      pluginInspect: (name, signal) => look(() => engine.pluginInspect(name, signal), signal),
      pluginPull: (request, signal) => engine.pluginPull(request, signal),
      pluginSet: (name, settings, signal) =>
        untilSeen(() => engine.pluginSet(name, settings, signal), signal),
      pluginEnable: (name, timeout, signal) =>
        untilSeen(() => engine.pluginEnable(name, timeout, signal), signal),
      pluginDelete: (name, options, signal) => engine.pluginDelete(name, options, signal),
    },
  }
}

/** Nobody waits any more for a call that was about to be made again. */
function cancelled(isLook: boolean): EngineError {
  const details = isLook ? {} : { unsent: true as const }
  return new EngineError('cancelled', 'the wait for another attempt was cancelled', details)
}
