import type { PullRequest } from '../engine.ts'
import type { Plugin } from '../plugin.ts'
import type { Setting } from '../settings.ts'
import { known } from './known.ts'
import type {
  ConsentRequest,
  HasContent,
  InstallContext,
  InstallOutput,
  Ownership,
  Resumed,
} from './types.ts'

interface Args {
  context: InstallContext
}

export interface LookUpRequest {
  reference: string
  alias?: string
  settings: readonly Setting[]
  enableTimeout: number
  disabled: boolean
  ifPresent: 'fail' | 'keep' | 'finish'
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
}

export interface AuthRequest {
  registry: string
  /** 1 for the first time this flow asks. */
  attempt: number
}

export interface InspectRequest {
  name: string
}

export interface SetRequest {
  plugin: Plugin
  settings: readonly Setting[]
}

export interface EnableRequest {
  /** The full id: what was verified is what gets enabled, whatever took its name since. */
  id: string
  timeout: number
}

export function lookUpInput({ context: { input } }: Args): LookUpRequest {
  const { reference, alias, settings, enableTimeout, disabled, ifPresent, resumed } = input
  return {
    reference,
    settings,
    enableTimeout,
    disabled,
    ifPresent,
    ...(alias === undefined ? {} : { alias }),
    ...(resumed && { resumed }),
  }
}

export function credentialsInput({ context }: Args): AuthRequest {
  return { registry: known(context, 'names').registry, attempt: context.credentialsAttempt }
}

export function consentInput({ context }: Args): ConsentRequest {
  return known(context, 'consentRequest')
}

export function pullInput({ context }: Args): PullRequest {
  const { remote, name, privileges } = known(context, 'lookUp')
  return { remote, name, privileges }
}

export function inspectInput({ context }: Args): InspectRequest {
  return { name: known(context, 'names').name }
}

export function setInput({ context }: Args): SetRequest {
  return { plugin: known(context, 'plugin'), settings: context.input.settings }
}

export function enableInput({ context }: Args): EnableRequest {
  return { id: known(context, 'plugin').Id, timeout: context.input.enableTimeout }
}

export function takeBackInput({ context }: Args): TakeBackRequest {
  const { name, remote } = known(context, 'names')
  const { ownership, enableRequested, plugin, input } = context
  return {
    name,
    remote,
    ownership,
    enableRequested,
    onFailure: input.onFailure,
    // How far the pull of an earlier process had got is not known.
    hadContent: input.resumed?.ownership === 'uncertain' ? 'perhaps' : 'no',
    ...withId(plugin?.Id ?? input.resumed?.id),
  }
}

function withId(id: string | undefined): { id?: string } {
  return id === undefined ? {} : { id }
}

export function installOutput({ context }: Args): InstallOutput {
  const { failure, rollback, input, pulledDigest } = context
  if (failure && rollback) return { state: 'rolledBack', failure, rollback }
  const { name, privileges, digest = pulledDigest, present } = known(context, 'lookUp')
  return {
    state: 'done',
    plugin: {
      id: known(context, 'plugin').Id,
      name,
      reference: input.reference,
      ...(digest === undefined ? {} : { digest }),
      enabled: !input.disabled,
      changed: !present?.asWanted || present.own,
      privileges,
      settings: input.settings,
      consent: known(context, 'consent'),
    },
  }
}
