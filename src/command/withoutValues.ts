import type { ConsentRequest, RequestedSetting } from '../../machines/plugin-install/types.ts'

/**
 * A request as programs are told it: values of settings are left out (they are where plugins take
 * their secrets) but for those that are consented to.
 */
export function withoutValues(request: ConsentRequest): ConsentRequest {
  return { ...request, settings: request.settings.map(withoutValue) }
}

function withoutValue({ setting, widens }: RequestedSetting): RequestedSetting {
  return { setting: widens ? setting : (setting.split('=', 1)[0] ?? ''), widens }
}
