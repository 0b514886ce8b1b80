import type { Failure } from '../../machines/errors.ts'
import { createDifference } from './differenceView.ts'
import { element } from './element.ts'
import type { Ended } from './machineView.ts'

/** The state of the engine after the flow. */
export function now(text: string): HTMLElement {
  return element('p', { class: 'left' }, `On the engine now: ${text}`)
}

export function command(text: string): HTMLElement {
  return element('code', { class: 'command' }, text)
}

/** @param left what is on the engine now */
export function failed(failure: Failure, noun: string, left: readonly Node[]): Ended {
  const { code, message, next, retryable, state, status, engineMessage, difference } = failure
  const how = code === 'cancelled' ? 'was cancelled' : 'failed'
  return {
    title: code === 'consent-denied' ? `The ${noun} was denied` : `The ${noun} ${how}`,
    parts: [
      element('p', { class: 'message' }, message),
      ...(difference ? [createDifference(difference)] : []),
      ...left,
      element('p', {}, next),
      facts([
        ['Code', code],
        ['Happened in', state],
        ['HTTP status', status === undefined ? undefined : String(status)],
        ['The engine said', engineMessage],
        ['Trying again', retryable ? 'can help' : 'does not help'],
      ]),
    ],
  }
}

/** The person or the policy that agreed. */
export function consentText(by: string): string {
  return CONSENT.get(by) ?? by
}

const CONSENT: ReadonlyMap<string, string> = new Map([
  ['nobody', 'it asks for nothing'],
  ['grantAllPermissions', 'everything was granted unseen'],
  ['policy', 'given by a policy'],
  ['person', 'given by a person'],
])

export function facts(rows: readonly (readonly [string, string | undefined])[]): HTMLElement {
  const items = rows.flatMap(([name, value]) =>
    value ? [element('dt', {}, name), element('dd', {}, value)] : [],
  )
  return element('dl', { class: 'facts' }, ...items)
}
