import type { ConsentDecision, ConsentRequest } from '../../../machines/consent.ts'
import type { UpgradeConsentRequest } from '../../../machines/plugin-upgrade/types.ts'
import type { ConsentPolicy } from '../types.ts'
import { type Asked, askedBySetting, askedOf, describeAsked } from './allowList.ts'

/**
 * Denies an upgrade that asks for anything that the plugin does not have yet, or that its old version did not ask for,
 * by its name. Of everything else, and of an install, decides the policy, which by default grants it.
 */
export function noNewPrivileges(policy: ConsentPolicy = () => ({ granted: true })): ConsentPolicy {
  return (request, signal) => refuseNew(request) ?? policy(request, signal)
}

/** The denial of an upgrade that adds something. */
export function refuseNew(request: ConsentRequest): ConsentDecision {
  const added = isUpgrade(request) ? addedBy(request) : []
  if (added.length === 0) return undefined
  const named = [...new Set(added.map(describeAsked))]
  return {
    granted: false,
    reason: `the plugin does not have: ${named.join(', ')}`,
    who: 'no-new-privileges',
  }
}

export function isUpgrade(request: ConsentRequest): request is UpgradeConsentRequest {
  return 'added' in request
}

function addedBy({ privileges, added, removed, settings, wayBack }: UpgradeConsentRequest) {
  const old = 'none' in wayBack ? [] : wayBack.privileges
  const news = askedOf({ privileges: added, settings: [] })
  const kept = askedOf({ privileges, settings: [] }).filter((one) => !isIn(news, one))
  const has = [...kept, ...askedOf({ privileges: [...removed, ...old], settings: [] })]
  // The plugin's own places are set again: those that it is pointed at now are not new.
  const widening = settings
    .filter(({ widens }) => widens)
    .map(askedBySetting)
    .filter((kinds) => !kinds.some((one) => isIn(has, one)))
  return [...news.filter((one) => !isIn(has, one)), ...widening.flat()]
}

function isIn(list: readonly Asked[], { name, value }: Asked): boolean {
  return list.some((one) => one.name === name && one.value === value)
}
