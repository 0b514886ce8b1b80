import type { ConsentRequest } from '../consent.ts'
import type { HasContent } from '../cutPull.ts'
import { defined } from '../defined.ts'
import type { InputOf } from '../engine.ts'
import type { AuthRequest } from '../flow.ts'
import type { Plugin } from '../plugin.ts'
import type { PluginNames } from '../reference.ts'
import type { Setting } from '../settings.ts'
import { expectedDigest, required } from './context.ts'
import type { InstallContext, InstallOutput, Ownership, Resumed } from './types.ts'

interface Args {
  context: InstallContext
}

export interface LookUpRequest {
  reference: string
  alias?: string
  /** Absent when the reference or the alias is invalid. */
  names?: PluginNames
  settings: readonly Setting[]
  enableTimeout: number
  disabled: boolean
  ifPresent: 'fail' | 'keep' | 'finish'
  /** The content that has to be installed, where one is expected. */
  digest?: string
  resumed?: Resumed
}

export interface TakeBackRequest {
  name: string
  remote: string
  ownership: Ownership
  /** How much the engine had when the pull was cut. Default `no`: not all of it. */
  hadContent?: HasContent
  /** Full id of the plugin, where this run has seen it. */
  id?: string | undefined
  enableRequested: boolean
  onFailure: 'remove' | 'keep'
  /** A plugin found by its name may be somebody else's by now. */
  claimExpired?: true
  /** When the newest pull began, in ISO 8601. */
  pullBegan?: string
}

export interface InspectRequest {
  name: string
}

export interface SetRequest {
  plugin: Plugin
  settings: readonly Setting[]
}

export interface EnableRequest {
  /** As verified. It is enabled by its full id, whatever took its name since. */
  plugin: Plugin
  timeout: number
  /** An earlier process of this run asked for it, and the engine may carry that out still. */
  wasRequested: boolean
}

export function lookUpInput({ context }: Args): LookUpRequest {
  const { input, names } = context
  const digest = expectedDigest(context)
  const { reference, alias, settings, enableTimeout, disabled, ifPresent, resumed } = input
  return {
    reference,
    settings,
    enableTimeout,
    disabled,
    ifPresent,
    ...defined({ alias, names, digest, resumed }),
  }
}

export function credentialsInput({ context }: Args): AuthRequest {
  return { registry: required(context, 'names').registry, attempt: context.credentialsAttempt }
}

export function consentInput({ context }: Args): ConsentRequest {
  return required(context, 'consentRequest')
}

export function pullInput({ context }: Args): InputOf<'pluginPull'> {
  const { remote, name } = required(context, 'names')
  return { remote, name, privileges: required(context, 'lookUp').privileges }
}

export function inspectInput({ context }: Args): InspectRequest {
  return { name: required(context, 'names').name }
}

export function setInput({ context }: Args): SetRequest {
  return { plugin: required(context, 'plugin'), settings: context.input.settings }
}

export function enableInput({ context }: Args): EnableRequest {
  const { enableTimeout, resumed } = context.input
  const wasRequested = resumed?.enableRequested === true
  return { plugin: required(context, 'plugin'), timeout: enableTimeout, wasRequested }
}

export function takeBackInput({ context }: Args): TakeBackRequest {
  const { name, remote } = required(context, 'names')
  const { ownership, enableRequested, plugin, input, pullBegan } = context
  return {
    name,
    remote,
    ownership,
    enableRequested,
    onFailure: input.onFailure,
    // How far the pull of an earlier process had got is not known.
    hadContent: input.resumed?.ownership === 'uncertain' ? 'perhaps' : 'no',
    ...defined({
      id: plugin?.Id ?? input.resumed?.id,
      claimExpired: input.resumed?.claimExpired,
      pullBegan,
    }),
  }
}

export function installOutput({ context }: Args): InstallOutput {
  const { failure, rollback, input, pulledDigest } = context
  if (failure && rollback) return { state: 'rolledBack', failure, rollback }
  const { privileges, digest = pulledDigest, present } = required(context, 'lookUp')
  return {
    state: 'done',
    plugin: {
      id: required(context, 'plugin').Id,
      name: required(context, 'names').name,
      reference: input.reference,
      ...defined({ digest }),
      enabled: !input.disabled,
      changed: !present?.asWanted || present.own,
      privileges,
      settings: input.settings,
      consent: required(context, 'consent'),
    },
  }
}
