import { assertEvent } from 'xstate'
import { asksFor, isGrantedAlready } from '../consent.ts'
import { isEngineError } from '../errors.ts'
import { errorOf } from '../flow.ts'
import { computePrivileges, samePrivileges, settingsMatchConfig } from '../privileges.ts'
import { isPulledFrom } from '../reference.ts'
import { unseenWidening } from '../settings.ts'
import { expectedDigest, makeConsentRequest, required } from './context.ts'
import { type InstallEvent, isOwnEarlierPull } from './events.ts'
import type { InstallContext } from './types.ts'

interface Args {
  context: InstallContext
  event: InstallEvent
}

/** How often what was looked up may turn out to be another when it is pulled. */
const MOST_CHANGES = 1

/** A run that was being taken back when its process ended is taken back further. */
export function wasRollingBack({ context }: Args): boolean {
  return context.failure !== undefined
}

/** An earlier process of this run may have created the plugin. */
export function mayHaveCreated({ context }: Args): boolean {
  return context.ownership !== 'nothing'
}

/** The plugin asked for is there, as asked for. */
export function isThereAlready({ event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.lookUpPlugin')
  return event.output.present?.asWanted === true
}

/** An earlier run left it disabled, and this one finishes it. */
export function adopts({ event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.lookUpPlugin')
  return event.output.present !== undefined
}

export function needsConsent({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.lookUpPlugin')
  const request = makeConsentRequest(context, event.output)
  return (
    asksFor(request) && !context.input.grantAllPermissions && !isGrantedAlready(context, request)
  )
}

/** The registry wants other credentials, and this run may still ask for them. */
export function mayReauth({ context, event }: Args): boolean {
  return (
    codeOf(event) === 'unauthorized' &&
    context.credentialsAttempt < context.input.credentialsAttempts
  )
}

export function mayCheckAgain({ context, event }: Args): boolean {
  if (context.changes >= MOST_CHANGES) return false
  return codeOf(event) === 'privileges-changed' || isOwnEarlierPull(context, event)
}

export function hasAccount({ event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.requestCredentials')
  return event.output !== undefined
}

export function isGranted({ event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.decideConsent')
  return event.output?.granted === true
}

export function isGrantedToAdopt(args: Args): boolean {
  return isGranted(args) && required(args.context, 'lookUp').present !== undefined
}

export function isDenied({ event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.decideConsent')
  return event.output?.granted === false
}

export function asksPerson({ context }: Args): boolean {
  return context.asksPerson
}

export function asksPersonToAdopt({ context }: Args): boolean {
  return context.asksPerson && context.lookUp?.present !== undefined
}

/** The plugin that was pulled is gone, or another one took its name. */
export function isGone({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.pluginInspect')
  return !event.output || !isPulledFrom(event.output, required(context, 'names').remote)
}

export function isOtherContent({ context }: Args): boolean {
  const expected = expectedDigest(context)
  const agreed = required(context, 'lookUp').digest
  const known = [expected, agreed, context.pulledDigest].filter((digest) => digest !== undefined)
  if (expected !== undefined && !isProven(context)) return true
  return new Set(known).size > 1
}

/**
 * Whether an expected digest is shown to be that of the plugin: a tag can be moved after it was looked up. An engine
 * that does not tell what it pulled has pulled a reference with a digest by that.
 */
function isProven({ pulledDigest, lookUp, names }: InstallContext): boolean {
  if (pulledDigest !== undefined) return true
  return lookUp?.digest !== undefined && !lookUp.present && names?.remote.includes('@') === true
}

/** Another client enabled or changed the plugin before this run's enable had ended, or since its process died. */
export function othersActed({ event }: Args): boolean {
  return codeOf(event) === 'changed-by-others'
}

/** The engine does not enforce what was granted (CVE-2026-33997), so this run does. */
export function exceedsConsent({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.pluginInspect')
  const { privileges } = required(context, 'consent').request
  const plugin = event.output
  return (
    !plugin ||
    !samePrivileges(computePrivileges(plugin.Config), privileges) ||
    !settingsMatchConfig(plugin)
  )
}

/** Before the pull a setting did not look like one that points a mount or a device elsewhere. */
export function widensUnseen({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.pluginInspect')
  const { settings } = required(context, 'consent').request
  return !event.output || unseenWidening(event.output.Config, settings).length > 0
}

export function hasSettings({ context }: Args): boolean {
  return context.input.settings.length > 0
}

export function staysDisabled({ context }: Args): boolean {
  return context.input.disabled
}

function codeOf(event: InstallEvent): string | undefined {
  const error = errorOf(event)
  return isEngineError(error) ? error.code : undefined
}
