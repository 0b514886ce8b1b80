import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { escapeText, openTag, type XmlAttributes } from '../text/xml.ts'
import { chartEdge } from './chart.ts'

/**
 * A machine as SCXML (https://www.w3.org/TR/scxml), for other tools. Guards, actions and delays are
 * there by their names, which mean nothing to an SCXML processor until it is given their code.
 * An invoked actor ends with `done.invoke.ID` or `error.platform.ID`; a timeout is a delayed event
 * that leaving its state cancels. Not for charts with history states, or with transitions of the
 * root.
 */
export function toScxml(machine: AnyStateMachine): string {
  const { root } = machine
  const attributes = {
    xmlns: 'http://www.w3.org/2005/07/scxml',
    version: '1.0',
    name: root.key,
    initial: initialOf(root),
  }
  const lines = write({ tag: 'scxml', attributes, children: insideOf(root) }, '')
  return `${['<?xml version="1.0" encoding="UTF-8"?>', ...lines].join('\n')}\n`
}

interface Element {
  tag: string
  attributes?: XmlAttributes
  children?: readonly (Element | string)[]
}

function toState(node: AnyStateNode): Element {
  const tag = node.type === 'final' || node.type === 'parallel' ? node.type : 'state'
  const attributes = { id: idOf(node), initial: initialOf(node) }
  return { tag, attributes, children: insideOf(node) }
}

function insideOf(node: AnyStateNode): Element[] {
  return [
    ...block('onentry', node.entry),
    ...block('onexit', node.exit),
    ...node.invoke.map(({ id, src }) => ({ tag: 'invoke', attributes: { id, src: String(src) } })),
    ...[...(node.always ?? []), ...[...node.transitions.values()].flat()].map(toTransition),
    ...Object.values(node.states).map(toState),
  ]
}

function toTransition(transition: AnyTransitionDefinition): Element {
  const { source, target = [], eventType, reenter, actions } = transition
  // By default SCXML leaves and re-enters the source of a transition, and XState does not.
  const stays = !reenter && target.some(({ path }) => isWithin(path, source.path))
  const attributes = {
    event: eventType === '' ? undefined : eventName(eventType),
    cond: chartEdge(transition).guard,
    target: target.map(idOf).join(' ') || undefined,
    type: stays ? 'internal' : undefined,
  }
  return { tag: 'transition', attributes, children: actions.map(toAction) }
}

function block(tag: string, actions: readonly unknown[]): Element[] {
  return actions.length === 0 ? [] : [{ tag, children: actions.map(toAction) }]
}

/** Writes an action that XState makes of `after`, or one of the chart's own. */
function toAction(action: unknown): Element {
  const { type = action, params, event, id, delay, sendId } = Object(action)
  if (type === 'xstate.cancel') return { tag: 'cancel', attributes: { sendid: eventName(sendId) } }
  if (type === 'xstate.raise') {
    const wait = typeof delay === 'number' ? { delay: `${delay}ms` } : { delayexpr: delay }
    return { tag: 'send', attributes: { event: eventName(event.type), id: eventName(id), ...wait } }
  }
  const given = params === undefined ? '' : JSON.stringify(params)
  return { tag: 'script', children: [`${type}(${given})`] }
}

function eventName(type: string): string {
  return type
    .replace(/^xstate\.done\.actor\./, 'done.invoke.')
    .replace(/^xstate\.error\.actor\./, 'error.platform.')
    .replace(/^xstate\./, '')
}

function idOf({ path }: AnyStateNode): string {
  return path.join('.')
}

function initialOf({ initial }: AnyStateNode): string | undefined {
  return initial?.target.map(idOf).join(' ') || undefined
}

function isWithin(path: readonly string[], other: readonly string[]): boolean {
  return path.length > other.length && other.every((key, index) => key === path[index])
}

function write({ tag, attributes, children = [] }: Element, indent: string): string[] {
  const start = `${indent}${openTag(tag, attributes)}`
  const [only] = children
  if (only === undefined) return [`${start}/>`]
  if (typeof only === 'string') return [`${start}>${escapeText(only)}</${tag}>`]
  const inner = children.flatMap((child) => write(child as Element, `${indent}  `))
  return [`${start}>`, ...inner, `${indent}</${tag}>`]
}
