import { assertEvent } from 'xstate'
import { isEngineError } from '../errors.ts'
import { errorOf } from '../flow.ts'
import { computePrivileges, samePrivileges } from '../privileges.ts'
import { isPulledFrom } from '../reference.ts'
import { asksForUpgrade, covers, makeConsentRequest } from './consent.ts'
import { required } from './context.ts'
import { differences, isRemnant, type Observed, sameContent } from './effect.ts'
import type { UpgradeEvent } from './events.ts'
import { asksInVain } from './planUpgrade.ts'
import type { UpgradeContext } from './types.ts'

interface Args {
  context: UpgradeContext
  event: UpgradeEvent
}

/** A run that was going back when its process ended goes on going back. */
export function wasGoingBack({ context }: Args): boolean {
  return context.failure !== undefined
}

/** An earlier process of this run has put the new version there. */
export function isSwapped({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.readPlugin')
  const { phase, copy } = context
  return phase === 'swapping' && copy !== undefined && isOf(copy, event.output.plugin)
}

/** An earlier process of this run was about to, and had agreement to all of it. */
export function isToBeSwapped({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.readPlugin')
  const { before } = context
  return wasChanging(context) && before !== undefined && isOf(before, event.output.plugin)
}

/** Neither the old version nor the new one is there any more. */
export function isOthersWork({ context }: Args): boolean {
  return wasChanging(context)
}

function wasChanging({ phase }: UpgradeContext): boolean {
  return phase === 'disabling' || phase === 'swapping'
}

/** The old version cannot be had again, and there is no person to accept that, or it is not to be accepted. */
export function mayNotGoOn({ context }: Args): boolean {
  const { noWayBack, grantAllPermissions } = context.input
  if (!('none' in required(context, 'resolved').back)) return false
  return noWayBack === 'refuse' || (noWayBack === 'ask' && grantAllPermissions)
}

/** A plugin that containers use is neither removed, nor disabled without force: the engine would refuse it. */
export function isInUse({ context, event }: Args): boolean {
  const { mode, force } = context.input
  const { uses } =
    event.type === 'xstate.done.actor.resolveVersions'
      ? event.output
      : required(context, 'resolved')
  const isReplaced = (context.plan?.mode ?? mode) === 'replace'
  const isRefused = isReplaced || (!force && required(context, 'before').enabled)
  return isRefused && uses !== undefined && uses.containers.length > 0
}

export function needsConsent({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.resolveVersions')
  const request = makeConsentRequest(context, event.output)
  const isCovered = context.input.grantAllPermissions || covers(context, request)
  return asksForUpgrade(request) && !isCovered
}

/** The registry wants other credentials, and this run may still ask for them. */
export function mayReauth({ context, event }: Args): boolean {
  const error = errorOf(event)
  const isRefused = isEngineError(error) && error.code === 'unauthorized'
  return isRefused && context.credentialsAttempt < context.input.credentialsAttempts
}

export function hasAccount({ event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.requestCredentials')
  return event.output !== undefined
}

export function isDenied({ event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.decideConsent')
  return event.output?.granted === false
}

/** A policy has no answer, or grants privileges where the question is what else may be lost. */
export function isForPerson({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.decideConsent')
  if (event.output === undefined) return true
  const { wayBack, plan } = required(context, 'consentRequest')
  if (plan === undefined) return false
  const { noWayBack, mode } = context.input
  const isToReplace = plan.mode === 'replace' && mode === 'auto' && event.output.replace !== true
  return isToReplace || ('none' in wayBack && noWayBack === 'ask')
}

export function isPlanned({ context }: Args): boolean {
  return context.plan !== undefined
}

export function asksPerson({ context }: Args): boolean {
  return context.asksPerson
}

export function asksPersonOfPlan({ context }: Args): boolean {
  return context.asksPerson && context.plan !== undefined
}

/** The digest that the pull named is not the one that was agreed to, or pinned. */
export function isOtherContent({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.stageCopy')
  const agreed = required(context, 'resolved').digest
  const known = [agreed, context.input.digest, event.output.digest].filter(
    (digest) => digest !== undefined,
  )
  // A run that expects a digest needs proof of it.
  if (context.input.digest !== undefined && known.length < 2) return true
  return new Set(known).size > 1
}

/** The engine does not enforce what was granted (CVE-2026-33997), so this run does. */
export function exceedsConsent({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.stageCopy')
  const { privileges } = required(context, 'consent').request
  return !samePrivileges(computePrivileges(event.output.copy.config), privileges)
}

/** The plugin is of this content already, from this reference, and nothing is to be set. */
export function isUnchanged({ context }: Args): boolean {
  const { input } = context
  const before = required(context, 'before')
  return (
    input.mode !== 'replace' &&
    input.settings.length === 0 &&
    isOf(before, required(context, 'copy')) &&
    isPulledFrom({ PluginReference: before.reference }, required(context, 'names').remote)
  )
}

/** In place the engine cannot give what was asked for, or only permissions were granted for a replacement. */
export function cannotGive({ context }: Args): boolean {
  const plan = required(context, 'plan')
  const { mode, grantAllPermissions, settings } = context.input
  if (plan.mode === 'inPlace') return asksInVain(plan, settings)
  return mode === 'auto' && grantAllPermissions
}

export function needsConsentOfPlan({ context }: Args): boolean {
  const plan = required(context, 'plan')
  const request = makeConsentRequest(context, required(context, 'resolved'), plan)
  const isCovered = context.input.grantAllPermissions || covers(context, request)
  return asksForUpgrade(request) && !isCovered
}

export function isToBeTried({ context }: Args): boolean {
  return context.input.trial
}

/** The new version is enabled where the old one was, and so is the old one after the way back. */
export function wasEnabled({ context }: Args): boolean {
  return required(context, 'before').enabled
}

export function isOfCopy({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.inspectPlugin')
  return isOf(required(context, 'copy'), event.output)
}

export function isAsPlanned({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.inspectPlugin')
  const { expected, settings } = required(context, 'plan')
  const secrets = settings.filter(({ secret }) => secret).map(({ name }) => name)
  const unlike = differences(expected, event.output.effect).filter(
    ({ name }) => !secrets.includes(name),
  )
  const isOn = event.output.enabled === required(context, 'before').enabled
  return isOn && unlike.length === 0 && isOf(required(context, 'copy'), event.output)
}

export function isAsBefore({ context, event }: Args): boolean {
  assertEvent(event, 'xstate.done.actor.inspectPlugin')
  const before = required(context, 'before')
  const { output } = event
  return (
    output.enabled === before.enabled &&
    isOf(before, output) &&
    differences(before.effect, output.effect).every((unlike) => isRemnant(before, unlike))
  )
}

/** The new version stays where it is, as it is. */
export function isToBeKept({ context }: Args): boolean {
  const { phase, input, failure } = context
  const isWanted = failure?.code === 'cancelled'
  return phase === 'swapping' && input.onFailure === 'keep' && !isWanted
}

const OF_OTHERS: readonly (string | undefined)[] = [
  'changed-by-others',
  'plugin-gone',
  'upgrade-under-way',
]

/** Another client, or another run, has changed or removed the plugin: nothing of this run is rolled over that. */
export function isLeftToOthers({ context }: Args): boolean {
  return wasChanging(context) && OF_OTHERS.includes(context.failure?.code)
}

export function mayBeSwapped({ context }: Args): boolean {
  return context.phase === 'swapping'
}

export function mayBeDisabled({ context }: Args): boolean {
  return context.phase === 'disabling'
}

export function mayHaveCopy({ context }: Args): boolean {
  return context.phase === 'staging'
}

function isOf(one: Observed, other: Observed): boolean {
  return sameContent(one.config, other.config)
}
