import type { ConsentRequest } from '../../machines/plugin-install/types.ts'
import type { RequestedSetting } from '../../machines/settings.ts'
import { keyOf } from '../../machines/settings.ts'

/**
 * A request as programs are told it: values of settings are left out (they are where plugins take
 * their secrets) but for those that are consented to.
 */
export function withoutValues(request: ConsentRequest): ConsentRequest {
  return { ...request, settings: request.settings.map(withoutValue) }
}

function withoutValue({ setting, ...about }: RequestedSetting): RequestedSetting {
  return { setting: about.widens ? setting : keyOf(setting), ...about }
}
