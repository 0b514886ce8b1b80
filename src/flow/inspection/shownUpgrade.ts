import type { Observed } from '../../../machines/plugin-upgrade/effect.ts'
import type { UpgradeContext, UpgradeOutput } from '../../../machines/plugin-upgrade/types.ts'
import { keyOf } from '../../../machines/settings.ts'
import { pick, shownFailure } from './shownContext.ts'

/** The parts of an upgrade's context that an inspector gets to see, field by field as of an install's. */
export function shownUpgradeContext(context: UpgradeContext) {
  const { input, names, before, copy, now, resolved, plan } = context
  const { consent, consentRequest, failure, leftover } = context
  return {
    input: {
      settings: input.settings.map(keyOf),
      ...pick(input, 'mode', 'trial', 'force', 'onFailure', 'noWayBack', 'grantAllPermissions'),
      ...pick(input, 'enableTimeout', 'credentialsAttempts', 'copyName'),
      timeouts: { ...input.timeouts },
    },
    ...(names && { names: pick(names, 'remote', 'name', 'registry') }),
    ...pick(context, 'phase', 'enable', 'swap', 'asksPerson', 'credentialsAttempt'),
    ...(before && { before: shownPlugin(before) }),
    ...(copy && { copy: shownPlugin(copy) }),
    ...(now !== undefined && { now: typeof now === 'object' ? shownPlugin(now) : now }),
    ...(resolved && {
      resolved: {
        ...pick(resolved, 'digest'),
        privileges: resolved.privileges.map(({ Name, Value }) => ({ Name, Value: [...Value] })),
        engine: pick(resolved.engine, 'apiVersion'),
        hasWayBack: !('none' in resolved.back),
      },
    }),
    ...(plan && { plan: { mode: plan.mode, fates: plan.entries.map(({ fate }) => fate) } }),
    ...(consentRequest && { consentRequest: pick(consentRequest, 'id') }),
    ...(consent && {
      consent: { ...pick(consent, 'by', 'at'), request: pick(consent.request, 'id') },
    }),
    ...(failure && { failure: shownFailure(failure) }),
    ...(leftover && { leftover: pick(leftover, 'name') }),
  }
}

export function shownUpgradeOutput(output: UpgradeOutput | undefined) {
  if (!output) return undefined
  const { state } = output
  if (state === 'done') {
    const { plugin } = output
    return { state, plugin: pick(plugin, 'id', 'name', 'digest', 'enabled', 'changed', 'mode') }
  }
  const { leftover } = output
  return {
    state,
    failure: shownFailure(output.failure),
    ...(state === 'stranded' ? pick(output, 'version') : pick(output, 'changed')),
    ...(leftover && { leftover: pick(leftover, 'name') }),
  }
}

function shownPlugin(plugin: Observed) {
  return pick(plugin, 'id', 'name', 'enabled')
}
