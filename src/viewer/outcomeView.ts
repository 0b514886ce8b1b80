import type { Failure } from '../../machines/errors.ts'
import type { ShownOutcome, ShownPlugin } from '../events/flowEvent.ts'
import { createDifference } from './differenceView.ts'
import { element } from './element.ts'
import { type RunState, type Words, wordsOf } from './runAt.ts'

type Rollback = Extract<ShownOutcome, { state: 'rolledBack' }>['rollback']

/** How the flow ended, and what is on the engine now. */
export function createOutcomeView() {
  const node = element('section', { class: 'outcome panel' })
  let shown: ShownOutcome | undefined
  return {
    node,
    update({ flow, outcome }: RunState) {
      node.hidden = outcome === undefined
      if (!outcome || outcome === shown) return
      shown = outcome
      const isDone = outcome.state === 'done'
      node.classList.toggle('good', isDone)
      node.classList.toggle('bad', !isDone)
      node.replaceChildren(
        ...(isDone
          ? succeeded(outcome.plugin, wordsOf(flow))
          : failed(outcome.failure, outcome.rollback, wordsOf(flow))),
      )
    },
  }
}

function succeeded(plugin: ShownPlugin, { past }: Words) {
  const { name, id, digest, enabled, changed, consentBy, settings } = plugin
  const title = changed ? `${past} ${name}` : `${name} was there already`
  return [
    element('h3', {}, title),
    element('p', {}, `On the engine now: the plugin, ${enabled ? 'enabled' : 'disabled'}.`),
    facts([
      ['Id', id.slice(0, 12)],
      ['Content', digest],
      ['Settings', settings.join(', ')],
      ['Consent', CONSENT.get(consentBy) ?? consentBy],
    ]),
  ]
}

const CONSENT: ReadonlyMap<string, string> = new Map([
  ['nobody', 'it asks for nothing'],
  ['grantAllPermissions', 'everything was granted unseen'],
  ['policy', 'given by a policy'],
  ['person', 'given by a person'],
])

function failed(failure: Failure, rollback: Rollback, { noun }: Words) {
  const { code, message, next, retryable, state, status, engineMessage, difference } = failure
  return [
    element('h3', {}, titleOf(code, noun)),
    element('p', { class: 'message' }, message),
    ...(difference ? [createDifference(difference)] : []),
    ...whatIsLeft(rollback),
    element('p', {}, next),
    facts([
      ['Code', code],
      ['Happened in', state],
      ['HTTP status', status === undefined ? undefined : String(status)],
      ['The engine said', engineMessage],
      ['Trying again', retryable ? 'can help' : 'does not help'],
    ]),
  ]
}

function titleOf(code: string, noun: string): string {
  if (code === 'consent-denied') return 'The privileges were denied'
  return code === 'cancelled' ? `The ${noun} was cancelled` : `The ${noun} failed`
}

function whatIsLeft(rollback: Rollback): HTMLElement[] {
  const now = (text: string) => element('p', { class: 'left' }, `On the engine now: ${text}`)
  switch (rollback.result) {
    case 'nothingToRemove':
      return [now('nothing of this run.')]
    case 'removed':
      return [now(`nothing of this run. ${rollback.name} was removed, and looked for afterwards.`)]
    case 'kept':
      return [
        now(`${rollback.name}, ${rollback.enabled ? 'enabled' : 'disabled'}. This removes it:`),
        element('code', { class: 'command' }, rollback.command),
      ]
    case 'failed':
      return [
        now(`${rollback.name} may be left: ${rollback.reason}. This removes it:`),
        element('code', { class: 'command' }, rollback.command),
      ]
  }
}

function facts(rows: readonly (readonly [string, string | undefined])[]): HTMLElement {
  const items = rows.flatMap(([name, value]) =>
    value ? [element('dt', {}, name), element('dd', {}, value)] : [],
  )
  return element('dl', { class: 'facts' }, ...items)
}
