import {
  initialContext,
  makeConsentRequest,
  required,
} from '../../machines/plugin-install/context.ts'
import { lookUpInput } from '../../machines/plugin-install/inputs.ts'
import { lookUpPlugin } from '../../machines/plugin-install/steps/lookUpPlugin.ts'
import type { InstallContext } from '../../machines/plugin-install/types.ts'
import { InstallError } from './errors.ts'
import { toInput } from './input.ts'
import { decide, granted, lookOnly, pullRequest } from './lookOnly.ts'
import { defaultPolicy } from './retry/policy.ts'
import type { Engine, InstallPlan, PlanOptions } from './types.ts'

export async function makePlan(engine: Engine, options: PlanOptions): Promise<InstallPlan> {
  const { input, values } = toInput(options)
  const context = initialContext({ input })
  const { timeouts } = defaultPolicy
  return lookOnly(
    engine,
    options,
    { values, timeouts },
    async ({ redaction, enter, ...ports }) => {
      enter('checkPrivileges')
      const { signal } = ports
      const lookUp = await lookUpPlugin(
        { ...ports, hasSecret: redaction.has },
        lookUpInput({ context }),
        signal,
      )
      const request = makeConsentRequest(context, lookUp)
      const present = lookUp.present?.asWanted === true
      const consent = present ? granted : await decide(request, options, signal)
      return { request, consent, present, requests: present ? [] : changes({ ...context, lookUp }) }
    },
    (failure) => new InstallError(failure, { result: 'nothingToRemove' }),
  )
}

function changes(context: InstallContext): string[] {
  const { settings, disabled, enableTimeout } = context.input
  const { remote, name } = required(context, 'names')
  return [
    ...(context.lookUp?.present ? [] : [pullRequest(remote, name)]),
    ...(settings.length > 0 ? [`POST /plugins/${name}/set`] : []),
    ...(disabled ? [] : [`POST /plugins/${name}/enable?timeout=${enableTimeout}`]),
  ]
}
