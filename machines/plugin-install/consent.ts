import { samePrivileges } from '../privileges.ts'
import { describeSettings } from '../settings.ts'
import { required } from './context.ts'
import type { ConsentRequest, InstallContext, PluginLookUp } from './types.ts'

/** What somebody has to agree to, now that the look-ups are done. */
export function makeConsentRequest(
  context: InstallContext,
  { digest, privileges }: PluginLookUp,
): ConsentRequest {
  const { input, consentRequest } = context
  return {
    id: (consentRequest?.id ?? 0) + 1,
    reference: input.reference,
    name: required(context, 'names').name,
    ...(digest === undefined ? {} : { digest }),
    privileges,
    settings: describeSettings(input.settings),
  }
}

/** Whether there is anything to agree to. */
export function asksFor({ privileges, settings }: ConsentRequest): boolean {
  return privileges.length > 0 || settings.some(({ widens }) => widens)
}

/** After a detour through `reauth` the same question is not asked twice. */
export function isGrantedAlready(
  { consent }: Pick<InstallContext, 'consent'>,
  request: ConsentRequest,
): boolean {
  if (!consent) return false
  return (
    consent.request.digest === request.digest &&
    samePrivileges(consent.request.privileges, request.privileges)
  )
}
