import { createRegistryAuth, withRegistryAuth } from '../../adapters/docker/registryAuth.ts'
import { asksFor, type ConsentDecision, type ConsentRequest } from '../../machines/consent.ts'
import { toFailure } from '../../machines/failure.ts'
import {
  initialContext,
  makeConsentRequest,
  required,
} from '../../machines/plugin-install/context.ts'
import { lookUpInput } from '../../machines/plugin-install/inputs.ts'
import { lookUpPlugin } from '../../machines/plugin-install/steps/lookUpPlugin.ts'
import type { InstallContext } from '../../machines/plugin-install/types.ts'
import type { RetryNotice } from '../../machines/retry.ts'
import { InstallError } from './errors.ts'
import { toInput } from './input.ts'
import { completePolicy } from './retry/policy.ts'
import { pause, stateDeadline, processTime as time } from './retry/time.ts'
import { withRetries } from './retry/withRetries.ts'
import { createRedaction } from './secrets/redaction.ts'
import type { Engine, InstallOptions, InstallPlan, PlanOptions } from './types.ts'

const STATE = 'checkPrivileges'
const granted: ConsentDecision = { granted: true }

export async function makePlan(engine: Engine, options: PlanOptions): Promise<InstallPlan> {
  const auth = createRegistryAuth({
    configured: (registry, signal) => engine.configured?.(registry, signal),
  })
  const signal = options.signal ?? new AbortController().signal
  const { input, values } = toInput(options)
  const context = initialContext({ input })
  const policy = completePolicy(options.policy)
  const deadline = stateDeadline(policy.timeouts, time)
  deadline.enter(STATE)
  const redaction = createRedaction(values)
  const notify = (notice: RetryNotice) =>
    detached(() => options.onRetry?.({ ...notice, state: STATE, at: Date.now() }))
  try {
    const once = redaction.withRedaction(withRegistryAuth(engine, () => auth.header()))
    const { remaining } = deadline
    const ports = {
      engine: withRetries(once, { policy, time, remaining, notify }).engine,
      auth,
      pause: (ms: number) => pause(time, ms, signal),
      hasSecret: redaction.has,
    }
    const lookUp = await lookUpPlugin(ports, lookUpInput({ context }), signal)
    const request = makeConsentRequest(context, lookUp)
    const present = lookUp.present?.asWanted === true
    const consent = present ? granted : await decide(request, options, signal)
    return { request, consent, present, requests: present ? [] : changes({ ...context, lookUp }) }
  } catch (error) {
    throw new InstallError(toFailure(redaction.redactError(error), STATE), {
      result: 'nothingToRemove',
    })
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

async function decide(
  request: ConsentRequest,
  { consent, grantAllPermissions }: InstallOptions,
  signal: AbortSignal,
): Promise<ConsentDecision> {
  if (grantAllPermissions || !asksFor(request)) return granted
  const answer = await consent?.(request, signal)
  return typeof answer === 'boolean' ? { granted: answer } : answer
}

function changes(context: InstallContext): string[] {
  const { settings, disabled, enableTimeout } = context.input
  const { remote, name } = required(context, 'names')
  const pull = `POST /plugins/pull?remote=${encodeURIComponent(remote)}&name=${encodeURIComponent(name)}`
  return [
    ...(context.lookUp?.present ? [] : [pull]),
    ...(settings.length > 0 ? [`POST /plugins/${name}/set`] : []),
    ...(disabled ? [] : [`POST /plugins/${name}/enable?timeout=${enableTimeout}`]),
  ]
}
