import type { CallOptions, Engine, InputOf, OperationId, OutputOf } from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import { untilAborted } from '../../machines/retry.ts'
import { oneLine } from '../../machines/text.ts'
import { wantedVersion } from './api/systemPing.ts'
import { callOperation } from './callOperation.ts'
import { connectEngine } from './http/connectEngine.ts'
import type { EngineTarget } from './http/engineTarget.ts'
import { cancelledBeforeSent } from './http/toEngineError.ts'
import { withoutDigestCrash } from './withoutDigestCrash.ts'

/** One engine, the sockets to it, and its operations. */
export interface HttpEngine extends Engine {
  /** Destroys the sockets; calls under way fail. */
  close(): void
}

/**
 * The engine behind an address. No socket is opened before the first call. The facts that the engine reports of
 * itself are asked for once and kept; further calls use the version of the API that was agreed on.
 */
export function httpEngine(target: EngineTarget): HttpEngine {
  const connection = connectEngine(target)
  const { host } = connection
  const once = <Id extends 'systemPing' | 'systemVersion'>(id: Id) =>
    shareOnce<OutputOf<Id>>(
      (signal) => callOperation(connection, id, {}, { signal }),
      () => cancelledBeforeSent({ operation: id, subject: host, host }),
    )
  const facts: { [Id in OperationId]?: (signal: AbortSignal) => Promise<OutputOf<Id>> } = {
    systemPing: once('systemPing'),
    systemVersion: once('systemVersion'),
  }
  /** The API version that the engine has asked for, where it is not that of its ping. */
  let agreed: string | undefined
  const engine: Engine = {
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      const fact = facts[id]
      if (fact) return fact(options.signal)
      const { apiVersion } = await engine.call('systemPing', {}, options)
      const version = agreed ?? apiVersion
      const callBy = (by: string) => callOperation(connection, id, input, options, `/v${by}`)
      try {
        return await callBy(version)
      } catch (error) {
        const wanted = wantedVersion(error)
        if (wanted === undefined || wanted === version) throw error
        agreed = wanted
        return callBy(wanted)
      }
    },
  }
  return { ...withArchitecture(withoutDigestCrash(engine, host)), close: connection.close }
}

/**
 * Makes a call whose result is remembered, and which is under way once however many ask for it. A
 * failure is not remembered. A caller that aborts leaves alone; the last one to leave aborts the call.
 */
function shareOnce<T>(
  call: (signal: AbortSignal) => Promise<T>,
  cancelled: () => Error,
): (signal: AbortSignal) => Promise<T> {
  let shared: { result: Promise<T>; callers: number; controller: AbortController } | undefined
  let known: { value: T } | undefined
  const begin = () => {
    const controller = new AbortController()
    return { result: call(controller.signal), callers: 0, controller }
  }
  return async (signal) => {
    if (signal.aborted) throw cancelled()
    // Most calls come after it, and need not race anything.
    if (known) return known.value
    shared ??= begin()
    const current = shared
    current.callers++
    try {
      const value = await untilAborted(() => current.result, signal, cancelled)
      known = { value }
      return value
    } catch (error) {
      current.callers--
      if (current.callers === 0 || !signal.aborted) {
        if (shared === current) shared = undefined
        current.controller.abort()
      }
      throw error
    }
  }
}

/** An engine whose architecture is named where a plugin may be built for another one. */
function withArchitecture(engine: Engine): Engine {
  return {
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      try {
        return await engine.call(id, input, options)
      } catch (error) {
        if (id !== 'pluginEnable' || !isEngineError(error) || !mayBeForeign(error)) throw error
        const { arch } = await engine.call('systemVersion', {}, options).catch(() => NOT_TOLD)
        if (arch === undefined) throw error
        const next = `${error.details.next} The architecture of the engine is ${oneLine(arch)}.`
        throw new EngineError(error.code, error.message, { ...error.details, next })
      }
    },
  }
}

const NOT_TOLD: OutputOf<'systemVersion'> = {}

/** Whether the next step speaks of architectures. */
function mayBeForeign({ details }: EngineError): boolean {
  return /\barchitecture\b/.test(details.next ?? '')
}
