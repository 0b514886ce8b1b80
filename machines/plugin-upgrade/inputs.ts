import type { AuthRequest } from '../flow.ts'
import type { PluginPrivilege } from '../plugin.ts'
import type { PluginNames } from '../reference.ts'
import type { Setting } from '../settings.ts'
import { required } from './context.ts'
import type { EffectItem, Observed } from './effect.ts'
import type { PlannedSetting, UpgradePlan } from './planUpgrade.ts'
import type { UpgradeConsentRequest, UpgradeContext, WayBack } from './types.ts'

interface Args {
  context: UpgradeContext
}

export interface ReadRequest {
  name: string
  copyName: string
  /** An earlier process of this run may have pulled its copy. */
  mayHaveCopy: boolean
  /** Some of what is in effect may be of this run already. */
  mayBeSwapped: boolean
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

export interface StageRequest {
  remote: string
  copyName: string
  privileges: readonly PluginPrivilege[]
  /** Checked against the copy's config. */
  settings: readonly Setting[]
  /** An earlier process of this run may have pulled it. */
  mayBePresent: boolean
}

export interface TryRequest {
  copy: Observed
  timeout: number
}

export interface DisableRequest {
  plugin: Observed
  force: boolean
  /** An engine removes no plugin that is in use, forced or not, so it had better refuse the disable. */
  isReplaced: boolean
  /** An earlier process of this run may have disabled it already. */
  mayBeDisabled: boolean
  /** The copy, where the engine may still carry out the swap that an earlier process of this run has asked for. */
  late?: Observed
}

export interface SwapRequest {
  mode: UpgradePlan['mode']
  before: Observed
  remote: string
  privileges: readonly PluginPrivilege[]
  /** As for the disable. */
  late?: Observed
}

export interface InspectRequest {
  /** A replaced plugin has another id. */
  name: string
}

export interface LookRequest {
  name: string
  copyName: string
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
  /** The places that its mounts and devices have to be pointed at before it is enabled. */
  expected: readonly EffectItem[]
  settings: readonly PlannedSetting[]
  /** The plugin stays disabled, so that nothing but a set writes down where it came from. */
  staysDisabled: boolean
}

export interface EnableRequest {
  name: string
  timeout: number
  /** The result of a disable, where no more was asked of the engine: a plugin that is still enabled is as it was. */
  disable?: 'refused' | 'unknown'
  /** The old version starts again. */
  goesBack?: true
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
  /** Names of the settings whose values the machine is not shown. */
  secrets: readonly string[]
}

export function readInput({ context }: Args): ReadRequest {
  const { name, copyName, resumed } = context.input
  const mayBeSwapped = resumed?.phase === 'swapping'
  return {
    name: resumed?.before?.name ?? name,
    copyName,
    mayHaveCopy: resumed !== undefined,
    mayBeSwapped,
  }
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
  const { copyName, settings, resumed } = context.input
  const { remote } = required(context, 'names')
  const { privileges } = required(context, 'resolved')
  return { remote, copyName, privileges, settings, mayBePresent: resumed !== undefined }
}

export function tryInput({ context }: Args): TryRequest {
  return { copy: required(context, 'copy'), timeout: context.input.enableTimeout }
}

export function disableInput({ context }: Args): DisableRequest {
  const { force, resumed } = context.input
  const mayBeDisabled = resumed?.phase === 'disabling' || resumed?.phase === 'swapping'
  const isReplaced = context.plan?.mode === 'replace'
  return {
    plugin: required(context, 'before'),
    force,
    isReplaced,
    mayBeDisabled,
    ...lateSwap(context),
  }
}

function lateSwap({ input, copy }: UpgradeContext) {
  return input.resumed?.phase === 'swapping' && copy ? { late: copy } : {}
}

export function swapInput({ context }: Args): SwapRequest {
  return {
    mode: required(context, 'plan').mode,
    before: required(context, 'before'),
    remote: required(context, 'names').remote,
    privileges: required(context, 'resolved').privileges,
    ...lateSwap(context),
  }
}

export function inspectInput({ context }: Args): InspectRequest {
  return { name: required(context, 'before').name }
}

export function lookInput({ context }: Args): LookRequest {
  return { name: required(context, 'before').name, copyName: context.input.copyName }
}

export function configureInput({ context }: Args): ConfigureRequest {
  const { name, enabled } = required(context, 'before')
  const { settings, expected } = required(context, 'plan')
  return { name, expected, settings, staysDisabled: !enabled }
}

export function enableInput({ context }: Args): EnableRequest {
  const { phase, failure, input } = context
  const request = {
    name: required(context, 'before').name,
    timeout: input.enableTimeout,
    ...(failure && { goesBack: true as const }),
  }
  if (phase !== 'disabling') return request
  return { ...request, disable: failure?.status === undefined ? 'unknown' : 'refused' }
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
  const secrets = context.input.settings.filter(({ secret }) => secret).map(({ name }) => name)
  return { before: required(context, 'before'), secrets }
}

export function removeCopyInput({ context }: Args): RemoveCopyRequest {
  const { copyName: name, trial: wasEnabled } = context.input
  const { remote } = required(context, 'names')
  return { name, remote, wasEnabled, ...(context.copy && { id: context.copy.id }) }
}
