import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'

/** One transition of a statechart, in words. */
export interface ChartEdge {
  /** `pulling.streaming` */
  source: string
  /** Absent where the state is not left. */
  target?: string
  /** `consent.grant`, `done(pluginPull)`, `error(pluginPull)`, `after(pullingTimeout)`, `always`. */
  event: string
  guard?: string
}

/** Every transition of a machine, eventless and delayed ones too, in the order of its config. */
export function chartEdges(machine: AnyStateMachine): ChartEdge[] {
  return edgesBelow(machine.root)
}

export function chartEdge({
  source,
  target,
  eventType,
  guard,
}: AnyTransitionDefinition): ChartEdge {
  const [first] = target ?? []
  return {
    source: source.path.join('.'),
    ...(first && { target: first.path.join('.') }),
    event: eventLabel(eventType),
    ...(guard === undefined ? {} : { guard: guardName(guard) }),
  }
}

function edgesBelow(node: AnyStateNode): ChartEdge[] {
  const own = [...node.transitions.values(), node.always ?? []].flat().map(chartEdge)
  return [...own, ...Object.values(node.states).flatMap(edgesBelow)]
}

/** An event's type in the words of the chart: `done(pluginPull)`. */
export function eventLabel(type: string): string {
  if (type === '') return 'always'
  const [, kind, rest = ''] = /^xstate\.(done|error|after)\.(?:actor\.)?(.*)$/.exec(type) ?? []
  if (kind === undefined) return type
  return kind === 'after' ? `after(${rest.split('.')[0]})` : `${kind}(${rest})`
}

function guardName(guard: unknown): string {
  return typeof guard === 'object' && guard !== null && 'type' in guard
    ? String(guard.type)
    : String(guard)
}

/**
 * A machine as a Mermaid state diagram. Transitions between the same two states share one arrow, and
 * those that leave or enter a state within another start and end at its border: so Mermaid can draw it,
 * and people read it.
 */
export function toMermaid(machine: AnyStateMachine): string {
  const arrows = chartEdges(machine).map(toArrow)
  return `${['stateDiagram-v2', ...mermaidLines(machine.root, arrows, '  ')].join('\n')}\n`
}

interface Arrow {
  /** The state that it is drawn in; empty for the root. */
  parent: string
  from: string
  to: string
  label: string
}

function toArrow({ source, target = source, event, guard }: ChartEdge): Arrow {
  const [sources, targets] = [source.split('.'), target.split('.')]
  const shared = sharedLength(sources, targets)
  const [from = source, ...below] = sources.slice(shared)
  const [to = target, ...inside] = targets.slice(shared)
  const label = [
    ...below.map((state) => `${state} ·`),
    event,
    ...(guard ? [`[${guard}]`] : []),
    ...inside.map((state) => `· ${state}`),
  ]
  return { parent: sources.slice(0, shared).join('.'), from, to, label: label.join(' ') }
}

/** How many states both are in: a state is not in itself. */
function sharedLength(one: readonly string[], other: readonly string[]): number {
  const most = Math.min(one.length, other.length) - 1
  const differs = one.findIndex((state, index) => index >= most || state !== other[index])
  return differs === -1 ? most : differs
}

function mermaidLines(node: AnyStateNode, arrows: readonly Arrow[], indent: string): string[] {
  const [first] = node.initial?.target ?? []
  const states = Object.values(node.states)
  const drawn = new Map<string, string[]>()
  for (const { parent, from, to, label } of arrows) {
    if (parent !== node.path.join('.')) continue
    const arrow = `${from} --> ${to}`
    drawn.set(arrow, [...(drawn.get(arrow) ?? []), label])
  }
  return [
    ...(first ? [`[*] --> ${first.key}`] : []),
    ...states
      .filter(({ type }) => type === 'compound')
      .flatMap((state) => [`state ${state.key} {`, ...mermaidLines(state, arrows, '  '), '}']),
    ...[...drawn].map(([arrow, labels]) => `${arrow}: ${labels.join('<br/>')}`),
    ...states.filter(({ type }) => type === 'final').map(({ key }) => `${key} --> [*]`),
  ].map((line) => `${indent}${line}`)
}
