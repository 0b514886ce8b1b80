import type { PluginPrivilege } from '../plugin.ts'
import type { PluginNames } from '../reference.ts'
import type { Setting } from '../settings.ts'
import { required } from './context.ts'
import type { Observed } from './effect.ts'
import type { PlannedSetting, UpgradePlan } from './planUpgrade.ts'
import type { UpgradeConsentRequest, UpgradeContext, WayBack } from './types.ts'

interface Args {
  context: UpgradeContext
}

export interface ReadRequest {
  name: string
  /** Of a run that is taken up again: its copy may be there. */
  copyName?: string
}

export interface ResolveRequest {
  before: Observed
  /** Absent where the reference is invalid, which `reference` then is. */
  names?: PluginNames
  reference: string
  settings: readonly Setting[]
  enableTimeout: number
  digest?: string
  previousDigest?: string
}

export interface AuthRequest {
  registry: string
  /** 1 for the first time this flow asks. */
  attempt: number
}

export interface StageRequest {
  remote: string
  copyName: string
  privileges: readonly PluginPrivilege[]
  /** Checked against the copy's config. */
  settings: readonly Setting[]
}

export interface TryRequest {
  copy: Observed
  timeout: number
}

export interface DisableRequest {
  plugin: Observed
  force: boolean
}

export interface SwapRequest {
  mode: UpgradePlan['mode']
  before: Observed
  remote: string
  privileges: readonly PluginPrivilege[]
}

export interface InspectRequest {
  /** A replaced plugin has another id. */
  name: string
}

export interface RemoveCopyRequest {
  name: string
  remote: string
  /** Absent where this run has not seen the copy: its pull may have been cut. */
  id?: string
  /** This run asked for its enable. */
  wasEnabled: boolean
}

export interface ConfigureRequest {
  name: string
  settings: readonly PlannedSetting[]
  /** The plugin stays disabled, so that nothing but a set writes down where it came from. */
  staysDisabled: boolean
}

export interface EnableRequest {
  name: string
  timeout: number
}

export interface QuiesceRequest {
  name: string
  enable: UpgradeContext['enable']
}

export interface ReturnRequest {
  mode: UpgradePlan['mode']
  before: Observed
  copy?: Observed
  back: WayBack
  swap: UpgradeContext['swap']
}

export interface RestoreRequest {
  before: Observed
  now: Observed
}

export function readInput({ context }: Args): ReadRequest {
  const { name, copyName, resumed } = context.input
  return { name: resumed?.before?.name ?? name, ...(resumed && { copyName }) }
}

export function resolveInput({ context }: Args): ResolveRequest {
  const { input, names } = context
  const { settings, enableTimeout, digest, previousDigest } = input
  const before = required(context, 'before')
  return {
    before,
    ...(names && { names }),
    reference: input.reference ?? before.reference,
    settings,
    enableTimeout,
    ...(digest === undefined ? {} : { digest }),
    ...(previousDigest === undefined ? {} : { previousDigest }),
  }
}

export function credentialsInput({ context }: Args): AuthRequest {
  return { registry: required(context, 'names').registry, attempt: context.credentialsAttempt }
}

export function consentInput({ context }: Args): UpgradeConsentRequest {
  return required(context, 'consentRequest')
}

export function stageInput({ context }: Args): StageRequest {
  const { copyName, settings } = context.input
  const { remote } = required(context, 'names')
  return { remote, copyName, privileges: required(context, 'resolved').privileges, settings }
}

export function tryInput({ context }: Args): TryRequest {
  return { copy: required(context, 'copy'), timeout: context.input.enableTimeout }
}

export function disableInput({ context }: Args): DisableRequest {
  return { plugin: required(context, 'before'), force: context.input.force }
}

export function swapInput({ context }: Args): SwapRequest {
  return {
    mode: required(context, 'plan').mode,
    before: required(context, 'before'),
    remote: required(context, 'names').remote,
    privileges: required(context, 'resolved').privileges,
  }
}

export function inspectInput({ context }: Args): InspectRequest {
  return { name: required(context, 'before').name }
}

export function configureInput({ context }: Args): ConfigureRequest {
  const { name, enabled } = required(context, 'before')
  return { name, settings: required(context, 'plan').settings, staysDisabled: !enabled }
}

export function enableInput({ context }: Args): EnableRequest {
  return { name: required(context, 'before').name, timeout: context.input.enableTimeout }
}

export function quiesceInput({ context }: Args): QuiesceRequest {
  return { name: required(context, 'before').name, enable: context.enable }
}

export function returnInput({ context }: Args): ReturnRequest {
  const { copy, swap } = context
  return {
    mode: required(context, 'plan').mode,
    before: required(context, 'before'),
    ...(copy && { copy }),
    back: required(context, 'resolved').back,
    swap,
  }
}

export function restoreInput({ context }: Args): RestoreRequest {
  return { before: required(context, 'before'), now: required(context, 'now') }
}

export function removeCopyInput({ context }: Args): RemoveCopyRequest {
  const { copyName: name, trial: wasEnabled } = context.input
  const { remote } = required(context, 'names')
  return { name, remote, wasEnabled, ...(context.copy && { id: context.copy.id }) }
}
