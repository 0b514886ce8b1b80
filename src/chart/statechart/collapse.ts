import type { Statechart, StatechartEdge, StateNode } from './readStatechart.ts'

/**
 * A chart in which some states are drawn without the states in them. Transitions from and to the inside
 * begin and end at such a state; those that stay inside are left out.
 */
export function collapse(chart: Statechart, paths: ReadonlySet<string>): Statechart {
  const shown = new Map<string, string>()
  const toNode = (node: StateNode): StateNode => {
    shown.set(node.path, node.path)
    if (!paths.has(node.path) || node.states.length === 0) {
      return { ...node, states: node.states.map(toNode) }
    }
    const { initial: _, ...rest } = node
    const within = nodesBelow(node)
    for (const { path } of within) shown.set(path, node.path)
    return { ...rest, hidden: within.length, states: [] }
  }
  const root = toNode(chart.root)
  return { ...chart, root, edges: chart.edges.flatMap((edge) => lifted(edge, shown)) }
}

function lifted(edge: StatechartEdge, shown: ReadonlyMap<string, string>): StatechartEdge[] {
  const { target, ...rest } = edge
  const source = shown.get(edge.source) ?? edge.source
  if (target === undefined) return source === edge.source ? [edge] : []
  const to = shown.get(target) ?? target
  if (source !== to || target === edge.source) return [{ ...rest, source, target: to }]
  return source === edge.source ? [{ ...rest, source }] : []
}

/** All states in a state, and those in them. */
export function nodesBelow({ states }: StateNode): StateNode[] {
  return states.flatMap((state) => [state, ...nodesBelow(state)])
}

/** More states than this are not taken in at a glance. */
const MANY_STATES = 40

/** The states that a large chart is shown without the inside of at first: those of the first level that is too large. */
export function collapsedAtFirst({ root }: Statechart): string[] {
  let count = 0
  for (let level = root.states; level.length > 0; level = level.flatMap(({ states }) => states)) {
    const inside = level.flatMap(({ states }) => states)
    count += level.length
    if (count + inside.length <= MANY_STATES) continue
    return level.filter(({ states }) => states.length > 0).map(({ path }) => path)
  }
  return []
}
