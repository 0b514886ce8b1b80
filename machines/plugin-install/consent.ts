import type { ConsentRequest } from '../consent.ts'
import { describeSettings } from '../settings.ts'
import { required } from './context.ts'
import type { InstallContext, PluginLookUp } from './types.ts'

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
