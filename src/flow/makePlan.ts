import { createRegistryAuth } from '../../adapters/docker/registryAuth.ts'
import { toFailure } from '../../machines/failure.ts'
import { asksFor, makeConsentRequest } from '../../machines/plugin-install/consent.ts'
import { lookUpInput } from '../../machines/plugin-install/inputs.ts'
import { lookUpPlugin } from '../../machines/plugin-install/steps/lookUpPlugin.ts'
import type {
  ConsentDecision,
  ConsentRequest,
  InstallInput,
  PluginLookUp,
} from '../../machines/plugin-install/types.ts'
import { initialContext } from '../../machines/plugin-install/updates.ts'
import { toInput } from './input.ts'
import { InstallError } from './installError.ts'
import type { InstallPlan } from './planInstall.ts'
import { createRetries, type FlowRetries } from './retry/createRetries.ts'
import { completePolicy } from './retry/policy.ts'
import { createStay } from './retry/stay.ts'
import { pause, processTime as time } from './retry/time.ts'
import { keepSecrets } from './secrets/keepSecrets.ts'
import { readSettings } from './secrets/readSettings.ts'
import type { Engine, InstallOptions, PlanOptions } from './types.ts'

/** What `planInstall` tells. */
export async function makePlan(engine: Engine, options: PlanOptions): Promise<InstallPlan> {
  const auth = createRegistryAuth({
    configured: (registry, signal) => engine.configured(registry, signal),
  })
  const signal = options.signal ?? new AbortController().signal
  const input = toInput(options)
  const context = initialContext({ input })
  const policy = completePolicy(options.policy)
  const stay = createStay(policy.timeouts, time.now)
  stay.enter('checkPrivileges')
  const secrets = keepSecrets(readSettings(options.settings).values)
  try {
    const operations = secrets.guard(engine.operations(() => auth.header()))
    const { left } = stay
    const tell: FlowRetries['tell'] = (notice) =>
      apart(() => options.onRetry?.({ ...notice, state: stay.state(), at: Date.now() }))
    const retries = createRetries(operations, { policy, time, left, tell })
    const ports = {
      engine: retries.patient,
      auth,
      pause: (ms: number) => pause(time, ms, signal),
      hasSecret: secrets.has,
    }
    const found = await lookUpPlugin(ports, lookUpInput({ context }), signal)
    const request = makeConsentRequest(context, found)
    const present = found.present?.asWanted === true
    const consent = present ? granted : await decide(request, options, signal)
    return { request, consent, present, requests: present ? [] : changes(input, found) }
  } catch (error) {
    throw new InstallError(toFailure(error, 'checkPrivileges'), { result: 'nothingToRemove' })
  } finally {
    auth.forget()
    secrets.forget()
  }
}

/** A host's function that throws would otherwise look like an answer that did not come. */
function apart(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

const granted: ConsentDecision = { granted: true }

async function decide(
  request: ConsentRequest,
  { consent, grantAllPermissions }: InstallOptions,
  signal: AbortSignal,
): Promise<ConsentDecision> {
  if (grantAllPermissions || !asksFor(request)) return granted
  const answer = await consent?.(request, signal)
  return typeof answer === 'boolean' ? { granted: answer } : answer
}

function changes(
  { settings, disabled, enableTimeout }: InstallInput,
  found: PluginLookUp,
): string[] {
  const { remote, name, present } = found
  const pull = `POST /plugins/pull?remote=${encodeURIComponent(remote)}&name=${encodeURIComponent(name)}`
  return [
    ...(present ? [] : [pull]),
    ...(settings.length > 0 ? [`POST /plugins/${name}/set`] : []),
    ...(disabled ? [] : [`POST /plugins/${name}/enable?timeout=${enableTimeout}`]),
  ]
}
