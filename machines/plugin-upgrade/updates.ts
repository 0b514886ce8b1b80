import { assertEvent } from 'xstate'
import { catalogue, type InstallErrorCode } from '../catalogue.ts'
import { makeConsentRecord } from '../consent.ts'
import type { Failure } from '../errors.ts'
import { createdNothing, makeFailure, refusedDefinitely, toFailure } from '../failure.ts'
import { errorOf } from '../flow.ts'
import { comparePrivileges, computePrivileges } from '../privileges.ts'
import { listSome, quoted } from '../text.ts'
import { asksForUpgrade, covers, makeConsentRequest } from './consent.ts'
import { namesOf, required } from './context.ts'
import type { UpgradeEvent } from './events.ts'
import {
  asksInVain,
  entriesToReplaceFor,
  lostOnReturn,
  planUpgrade,
  type UpgradePlan,
} from './planUpgrade.ts'
import type { Phase, UpgradeConsent, UpgradeContext } from './types.ts'

interface Args {
  context: UpgradeContext
  event: UpgradeEvent
}
type Update = Partial<UpgradeContext>

export interface FailureParams {
  /** The state in which it happened. */
  state: string
  code: InstallErrorCode
}

/** The plugin of a run that is taken up again stays what it was before its first process changed it. */
export function rememberReading({ context, event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.readPlugin')
  const { plugin, copy } = event.output
  const isChanging = context.phase === 'disabling' || context.phase === 'swapping'
  const before = isChanging && context.before ? context.before : plugin
  return { before, now: plugin, ...namesOf(context.input, before), ...(copy && { copy }) }
}

export function rememberResolved({ context, event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.resolveVersions')
  const consentRequest = makeConsentRequest(context, event.output)
  return { resolved: event.output, consentRequest }
}

/** No question was needed: there is nothing to agree to, or all of it was granted beforehand. */
export function recordConsentUnasked({ context }: Args): Update {
  const request = required(context, 'consentRequest')
  if (covers(context, request)) return {}
  const by = asksForUpgrade(request) ? 'grantAllPermissions' : 'nobody'
  return { consent: { ...makeConsentRecord(request, by), request } }
}

export function recordConsentOfPolicy({ context, event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.decideConsent')
  return { consent: record(context, 'policy', event.output?.who) }
}

export function recordConsentOfPerson({ context, event }: Args): Update {
  assertEvent(event, 'consent.grant')
  return { consent: record(context, 'person', event.who) }
}

function record(context: UpgradeContext, by: UpgradeConsent['by'], who?: string): UpgradeConsent {
  const request = required(context, 'consentRequest')
  return { ...makeConsentRecord(request, by, who), request }
}

export function requestConsentOfPlan({ context }: Args): Update {
  const [resolved, plan] = [required(context, 'resolved'), required(context, 'plan')]
  return { consentRequest: makeConsentRequest(context, resolved, plan) }
}

export function rememberAccount({ event }: Args): Update {
  assertEvent(event, ['credentials.submit', 'xstate.done.actor.requestCredentials'])
  return { account: 'account' in event ? event.account : event.output }
}

/** How far the engine is asked to change something from here on. */
export function begin(_: Args, { phase }: { phase: Phase }): Update {
  return phase === 'swapping' ? { phase, swap: 'unknown' } : { phase }
}

export function rememberCopy({ event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.stageCopy')
  return { copy: event.output.copy }
}

export function makePlan({ context, event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.stageCopy')
  const { settings, mode } = context.input
  const before = required(context, 'before')
  const plan = (way: 'inPlace' | 'replace') => planUpgrade(before, event.output.copy, settings, way)
  if (mode !== 'auto') return withWayBack(context, plan(mode))
  const inPlace = plan('inPlace')
  return withWayBack(context, entriesToReplaceFor(inPlace).length > 0 ? plan('replace') : inPlace)
}

/** Whether the old version can be had again as it is depends on the plan, too. */
function withWayBack(context: UpgradeContext, plan: UpgradePlan): Update {
  const resolved = required(context, 'resolved')
  const lost = lostOnReturn(required(context, 'before'), plan)
  if (lost.length === 0 || 'none' in resolved.back) return { plan }
  const names = lost.map(nameInWords)
  const none = `the old version could not have again, as it has it now: ${names.join(', ')}`
  return { plan, resolved: { ...resolved, back: { none } } }
}

/** The plugin's author chooses the names. */
function nameInWords(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : quoted(name)
}

export function endSwap(): Update {
  return { swap: 'ended' }
}

/** Of a replacement the engine may have refused no more than its second half. */
export function closeSwap({ context, event }: Args): Update {
  const isWhole = required(context, 'plan').mode === 'inPlace'
  return isWhole && createdNothing(errorOf(event)) ? { swap: 'refused' } : {}
}

export function rememberNow({ event }: Args): Update {
  assertEvent(event, [
    'xstate.done.actor.inspectPlugin',
    'xstate.done.actor.configurePlugin',
    'xstate.done.actor.returnPlugin',
    'xstate.done.actor.restorePlugin',
  ])
  return { now: event.output }
}

export function requestEnable(): Update {
  return { enable: 'unknown' }
}

export function closeEnable({ event }: Args): Update {
  return refusedDefinitely(errorOf(event)) ? { enable: 'refused' } : {}
}

export function rememberError({ context, event }: Args, { state }: { state: string }): Update {
  const failure = toFailure(errorOf(event), state)
  return { failure: { ...failure, message: withName(failure.message, context) } }
}

/** Calls address the plugin by its id, which people do not know, and the engine's paths have it. */
function withName(message: string, { before, now }: UpgradeContext): string {
  if (!before) return message
  const ids = [before, now].flatMap((one) => (typeof one === 'object' ? [one.id] : []))
  const nameOf = (id: string, at: number, whole: string) =>
    whole[at - 1] === '/' ? id : before.name
  return ids.reduce((text, id) => text.replaceAll(id, nameOf), message)
}

export function fail({ context }: Args, { code, state }: FailureParams): Update {
  if (code === 'in-use') return { failure: inUse(context, state) }
  if (code === 'only-by-replacing') return { failure: onlyByReplacing(context, state) }
  const difference =
    code === 'privileges-not-enforced'
      ? comparePrivileges(
          required(context, 'consent').request.privileges,
          computePrivileges(required(context, 'copy').config),
        )
      : undefined
  return { failure: makeFailure(code, state, undefined, difference ? { difference } : {}) }
}

export function inUse(context: UpgradeContext, state: string): Failure {
  const { name } = required(context, 'before')
  const { containers = [] } = required(context, 'resolved').uses ?? {}
  const isReplaced = (context.plan?.mode ?? context.input.mode) === 'replace'
  const way = isReplaced ? 'upgrade in place (--mode in-place --force)' : 'use --force'
  return makeFailure(
    'in-use',
    state,
    `${name} is in use by ${listSome(containers)}${isReplaced ? ', so it cannot be replaced' : ''}`,
    { next: `Remove the containers that use it, or ${way}.` },
  )
}

function onlyByReplacing(context: UpgradeContext, state: string): Failure {
  const { input, plan } = context
  if (plan?.mode !== 'replace') return makeFailure('only-by-replacing', state)
  const [before, copy] = [required(context, 'before'), required(context, 'copy')]
  const inPlace = planUpgrade(before, copy, input.settings, 'inPlace')
  const names = entriesToReplaceFor(inPlace).map(({ name }) => nameInWords(name))
  const { next } = catalogue['only-by-replacing']
  const inPlaceToo = ' Or upgrade it in place all the same (--mode in-place).'
  return makeFailure(
    'only-by-replacing',
    state,
    `an upgrade in place gives less than a new install (${listSome(names)}), and a grant of permissions does not agree to a replacement`,
    { next: asksInVain(inPlace, input.settings) ? next : `${next}${inPlaceToo}` },
  )
}

export function rememberDenial({ event }: Args): Update {
  assertEvent(event, ['consent.deny', 'xstate.done.actor.decideConsent'])
  const reason = 'reason' in event ? event.reason : 'output' in event ? event.output?.reason : ''
  return { failure: makeFailure('consent-denied', 'awaitConsent', reason || undefined) }
}

export function rememberStranded({ context, event }: Args): Update {
  return { stranded: withName(toFailure(errorOf(event), 'rollingBack').message, context) }
}

export function rememberOtherEffect(): Update {
  return { stranded: 'what is in effect is not what was in effect before' }
}

/** The plugin that is there by now has not been looked at. */
export function rememberLate(): Update {
  return { stranded: 'the way back took too long', now: 'unknown' }
}

export function rememberFound({ context, event }: Args): Update {
  assertEvent(event, 'xstate.done.actor.lookAround')
  const { plugin, hasCopy } = event.output
  return { now: plugin ?? 'gone', ...(hasCopy && reportLeftover({ context })) }
}

export function rememberUnseen(): Update {
  return { now: 'unknown' }
}

export function keepNew(): Update {
  return { stranded: 'the new version was to be kept' }
}

export function leaveToOthers(): Update {
  return {
    stranded: 'another client has changed the plugin since, and nothing is rolled over that',
  }
}

/** Nothing removes the copy of a run that is stranded: its layers may be needed to mend what is there. */
export function reportLeftover({ context }: Pick<Args, 'context'>): Update {
  const name = context.input.copyName
  return { leftover: { name, command: `plugin-flow rm --force ${name}` } }
}
