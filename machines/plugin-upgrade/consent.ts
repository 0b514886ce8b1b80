import { asksFor } from '../consent.ts'
import { defined } from '../defined.ts'
import { comparePrivileges, computePrivileges, samePrivileges } from '../privileges.ts'
import { describeSettings, type Setting } from '../settings.ts'
import { required } from './context.ts'
import type { Observed } from './effect.ts'
import { entriesToAgreeTo, type UpgradePlan } from './planUpgrade.ts'
import type { Resolved, UpgradeConsentRequest, UpgradeContext } from './types.ts'

/** The request for consent before a copy is pulled; with the plan, before the plugin is changed. */
export function makeConsentRequest(
  context: UpgradeContext,
  { privileges, digest, back, uses }: Resolved,
  plan?: UpgradePlan,
): UpgradeConsentRequest {
  const { input, consentRequest } = context
  const before = required(context, 'before')
  const { added = [], removed = [] } =
    comparePrivileges(computePrivileges(before.config), privileges) ?? {}
  return {
    id: (consentRequest?.id ?? 0) + 1,
    reference: input.reference ?? before.reference,
    from: before.reference,
    name: before.name,
    ...(digest === undefined ? {} : { digest }),
    privileges,
    added,
    removed,
    settings: describeSettings([...pointed(before, input.settings), ...input.settings]),
    wayBack: back,
    ...defined({ uses }),
    ...(plan && { plan: { mode: plan.mode, entries: entriesToAgreeTo(plan) } }),
  }
}

/** Whether there is anything to agree to. */
export function asksForUpgrade(request: UpgradeConsentRequest): boolean {
  const { plan, wayBack } = request
  if (!plan) return asksFor(request)
  return plan.mode === 'replace' || plan.entries.length > 0 || 'none' in wayBack
}

/** Whether the consent that was given covers a request. */
export function covers(
  { consent }: Pick<UpgradeContext, 'consent'>,
  request: UpgradeConsentRequest,
): boolean {
  if (!consent) return false
  const agreed = consent.request
  const isSame = agreed.digest === request.digest
  if (!isSame || !samePrivileges(agreed.privileges, request.privileges)) return false
  if (!request.plan) return true
  const isWarned = 'none' in agreed.wayBack || !('none' in request.wayBack)
  return isWarned && JSON.stringify(agreed.plan) === JSON.stringify(request.plan)
}

/** The host paths that the plugin's mounts are pointed at, which an upgrade sets again. */
function pointed({ config }: Observed, asked: readonly Setting[]): Setting[] {
  return (config.Mounts ?? []).flatMap(({ Name, Source, Settable }) => {
    const isAsked = asked.some(({ name }) => name === Name)
    if (isAsked || !Source || !Settable?.includes('source')) return []
    return [{ name: Name, field: 'source', value: Source }]
  })
}
