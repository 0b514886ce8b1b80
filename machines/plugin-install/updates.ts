import { assertEvent } from 'xstate'
import type { InstallErrorCode } from '../catalogue.ts'
import { asksFor, isGrantedAlready, makeConsentRecord } from '../consent.ts'
import { defined } from '../defined.ts'
import type { Difference } from '../errors.ts'
import { createdNothing, makeFailure, refusedDefinitely, toFailure } from '../failure.ts'
import { errorOf } from '../flow.ts'
import { comparePrivileges, computePrivileges, privilegesOfSettings } from '../privileges.ts'
import { findTarget, unseenWidening } from '../settings.ts'
import { expectedDigest, makeConsentRequest, required } from './context.ts'
import { type InstallEvent, isOwnEarlierPull } from './events.ts'
import { failed } from './rollbackReport.ts'
import type { InstallContext } from './types.ts'

interface Args {
  context: InstallContext
  event: InstallEvent
}
type Update = Partial<InstallContext>

export interface FailureParams {
  /** The state in which it happened. */
  state: string
  code: InstallErrorCode
}

export function rememberLookUp({ context, event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.lookUpPlugin')
  const request = makeConsentRequest(context, event.output)
  const gone: Update = event.output.present ? {} : { ownership: 'nothing' }
  return { lookUp: event.output, consentRequest: request, ...gone }
}

/** No question was needed: the plugin asks for nothing, or all of it was granted beforehand. */
export function recordConsentUnasked({ context }: Args): Update {
  const request = required(context, 'consentRequest')
  if (isGrantedAlready(context, request)) return {}
  return {
    consent: makeConsentRecord(request, asksFor(request) ? 'grantAllPermissions' : 'nobody'),
  }
}

export function recordConsentOfPolicy({ context, event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.decideConsent')
  return {
    consent: makeConsentRecord(required(context, 'consentRequest'), 'policy', event.output?.who),
  }
}

export function recordConsentOfPerson({ context, event }: Args): Update {
  assertEvent(event, 'consent.grant')
  return { consent: makeConsentRecord(required(context, 'consentRequest'), 'person', event.who) }
}

export function rememberAccount({ event }: Args): Update {
  assertEvent(event, ['credentials.submit', 'xstate.done.actor.requestCredentials'])
  return { account: 'account' in event ? event.account : event.output }
}

export function countChange({ context, event }: Args): Update {
  const ownership = isOwnEarlierPull(context, event) ? 'uncertain' : 'nothing'
  return { changes: context.changes + 1, ownership }
}

/** It is kept as it is, so there is nothing to agree to. */
export function keepPresent({ context, event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.lookUpPlugin')
  const request = makeConsentRequest(context, event.output)
  const consent = context.consent ?? makeConsentRecord(request, 'nobody')
  return { plugin: event.output.present?.plugin, consent }
}

/** A plugin that an earlier process of this run adopted is still not this run's. */
export function adopt({ context }: Args): Update {
  const isOwn = required(context, 'lookUp').present?.own && context.ownership !== 'adopted'
  return { ownership: isOwn ? 'created' : 'adopted' }
}

export function openPull(): Update {
  return { ownership: 'uncertain', pullBegan: new Date().toISOString() }
}

export function ownPlugin({ event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.pluginPull')
  const { digest } = event.output
  return { ownership: 'created', ...(digest === undefined ? {} : { pulledDigest: digest }) }
}

export function closePull({ event }: Args): Update {
  return createdNothing(errorOf(event)) ? { ownership: 'nothing' } : {}
}

/** Another plugin has the name. A missing one may be there after all: a rollback looks again. */
export function disownPlugin({ event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.pluginInspect')
  return event.output ? { ownership: 'nothing' } : {}
}

/** Another client has acted on the plugin: it is left as it is. */
export function leavePlugin(): Update {
  return { ownership: 'adopted' }
}

/**
 * An engine that refused the enable has not carried it out: an enabled plugin was enabled by others, unless an
 * earlier process of this run had asked for it.
 */
export function closeEnable({ context, event }: Args): Update {
  const isOwn = context.input.resumed?.enableRequested === true
  return refusedDefinitely(errorOf(event)) && !isOwn ? { enableRequested: false } : {}
}

export function rememberPlugin({ event }: Args): Update {
  assertEvent(event, ['xstate.done.actor.pluginInspect', 'xstate.done.actor.pluginSet'])
  return { plugin: event.output }
}

export function requestEnable(): Update {
  return { enableRequested: true }
}

export function rememberError({ context, event }: Args, { state }: { state: string }): Update {
  const failure = toFailure(errorOf(event), state)
  const { plugin } = context
  if (!plugin) return { failure }
  // Calls address the plugin by its id; people know it by its name, and the engine's paths have the id.
  const id = new RegExp(`(?<![\\w/.-]|%2F)${plugin.Id}(?![\\w/-]|%2F|\\.\\w)`, 'gi')
  const message = failure.message.replace(id, () => plugin.Name)
  return { failure: { ...failure, message } }
}

export function fail(args: Args, { code, state }: FailureParams): Update {
  const details = defined({ difference: differenceOf(args, code), next: nextOf(args, code) })
  return { failure: makeFailure(code, state, undefined, details) }
}

/** How the settings have to be written that were not shown as what they are. */
function nextOf({ context }: Args, code: InstallErrorCode): string | undefined {
  if (code !== 'setting-not-shown') return undefined
  const { Config } = required(context, 'plugin')
  const { settings } = required(context, 'consent').request
  const written = unseenWidening(Config, settings).map(
    ({ name }) => `${name}.${findTarget(Config, name)?.field}=/ABSOLUTE/PATH`,
  )
  return `Write it with its field, so that it is consented to: ${written.join(' ')}`
}

/** How the installed plugin differs from what was granted, where that is the failure. */
function differenceOf({ context }: Args, code: InstallErrorCode): Difference | undefined {
  if (code === 'digest-changed') {
    const { lookUp, pulledDigest } = context
    const granted = expectedDigest(context) ?? lookUp?.digest
    const found = [pulledDigest, lookUp?.digest].find((digest) => digest && digest !== granted)
    return granted && found ? { digests: { granted, found } } : undefined
  }
  if (code !== 'privileges-not-enforced') return undefined
  const plugin = required(context, 'plugin')
  const installed = [...computePrivileges(plugin.Config), ...privilegesOfSettings(plugin)]
  return comparePrivileges(required(context, 'consent').request.privileges, installed)
}

export function rememberDenial({ event }: Args): Update {
  assertEvent(event, ['consent.deny', 'xstate.done.actor.decideConsent'])
  const reason = 'output' in event ? event.output?.reason : event.reason
  const message = reason === undefined ? undefined : `the privileges were not granted: ${reason}`
  return { failure: makeFailure('consent-denied', 'awaitConsent', message) }
}

export function rememberRollback({ event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.takeBack')
  return { rollback: event.output }
}

/** A run that failed before it changed anything has nothing to take back. */
export function reportRollback({ context }: Args): Update {
  return { rollback: context.rollback ?? { result: 'nothingToRemove' } }
}

export function reportRollbackFailed({ context, event }: Args): Update {
  const { plugin, enableRequested } = context
  const { name } = required(context, 'names')
  const error = errorOf(event)
  const reason = error ? toFailure(error, 'rollingBack').message : 'it took too long'
  return { rollback: failed({ name, enableRequested }, reason, plugin?.Id) }
}
