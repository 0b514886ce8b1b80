import type { PluginPrivilege } from './plugin.ts'
import { samePrivileges } from './privileges.ts'
import type { RequestedSetting } from './settings.ts'

/** A request for consent. */
export interface ConsentRequest {
  /** Counts the requests of one flow: 1, and 2 when the plugin's privileges changed meanwhile. */
  id: number
  reference: string
  name: string
  digest?: string
  privileges: PluginPrivilege[]
  settings: RequestedSetting[]
}

/** The record of a consent: by whom, to what, and when. */
export interface ConsentRecord {
  /** The first one where there was nothing to agree to. */
  by: 'nobody' | 'grantAllPermissions' | 'policy' | 'person'
  /** Which person, or which policy, where the host has told it. */
  who?: string
  /** In ISO 8601. */
  at: string
  request: ConsentRequest
}

/** A policy's answer, and its name. `undefined`: it has none, and a person is asked. */
export type ConsentDecision =
  | {
      granted: boolean
      reason?: string
      who?: string
      /** An upgrade may replace the plugin, which loses its id and the data in its propagated mount. */
      replace?: boolean
    }
  | undefined

/** Whether there is anything to agree to. */
export function asksFor({ privileges, settings }: ConsentRequest): boolean {
  return privileges.length > 0 || settings.some(({ widens }) => widens)
}

/** After a detour through `reauth` the same question is not asked twice. */
export function isGrantedAlready(
  { consent }: { consent?: ConsentRecord },
  request: ConsentRequest,
): boolean {
  if (!consent) return false
  return (
    consent.request.digest === request.digest &&
    samePrivileges(consent.request.privileges, request.privileges)
  )
}

/** A record of an agreement given now. */
export function makeConsentRecord(
  request: ConsentRequest,
  by: ConsentRecord['by'],
  who?: string,
): ConsentRecord {
  return { by, ...(who === undefined ? {} : { who }), at: new Date().toISOString(), request }
}
