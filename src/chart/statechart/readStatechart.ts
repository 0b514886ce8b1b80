import type { ChartEdge } from '../chart.ts'
import { isRecord, readList } from './fields.ts'
import { findBelow, findTarget } from './findTarget.ts'
import type { Statechart, StateNode } from './statechart.ts'
import {
  type ConfiguredState,
  readStateTree,
  type StateTree,
  withStatesBelow,
} from './stateTree.ts'
import { readTransitions, type Transition } from './transitions.ts'

/** More than anybody could read in one picture. */
const MOST_EDGES = 4_000

/**
 * A config of XState 5 as data to draw: what its `createMachine` makes of it.
 *
 * @throws RangeError that says in a sentence what is wrong with it, and where
 */
export function readStatechart(config: unknown): Statechart {
  const tree = readStateTree(config)
  const root = toNode(tree, tree.root)
  const edges = withStatesBelow(tree.root).flatMap((state) => edgesFrom(tree, state))
  if (edges.length > MOST_EDGES) throw new RangeError(`it has more than ${MOST_EDGES} transitions`)
  return { id: tree.root.key, root, edges }
}

function toNode(tree: StateTree, state: ConfiguredState): StateNode {
  const { path, key, type, config, states } = state
  const initial = initialOf(tree, state)
  return {
    path,
    name: key,
    type,
    description: typeof config.description === 'string' ? config.description : '',
    ...(initial && { initial: initial.path }),
    ...(type === 'history' && config.history === 'deep' && { isDeep: true as const }),
    states: [...states.values()].map((below) => toNode(tree, below)),
  }
}

/** A key, or a transition to it; XState writes it down as one to its id. */
function initialOf(tree: StateTree, state: ConfiguredState): ConfiguredState | undefined {
  const { initial } = state.config
  const [target] = readList(isRecord(initial) ? initial.target : initial)
  if (target === undefined || target === null || target === '') {
    if (state.type !== 'compound') return undefined
    throw new RangeError(`${whereOf(state)} has no "initial"`)
  }
  const name = String(target)
  const found = state.states.get(name) ?? (name.startsWith('#') && findTarget(tree, state, name))
  if (found && found.parent === state) return found
  throw new RangeError(`${whereOf(state)} begins with "${name}", which is no state of it`)
}

function edgesFrom(tree: StateTree, state: ConfiguredState): ChartEdge[] {
  return [
    ...readTransitions(state).flatMap((transition) => toEdges(tree, state, transition)),
    ...historyEdges(tree, state),
    ...(state.parent ? [] : routeEdges(tree)),
  ]
}

function toEdges(
  tree: StateTree,
  state: ConfiguredState,
  { event, guard, targets }: Transition,
): ChartEdge[] {
  const edge = { source: state.path, event, ...(guard === undefined ? {} : { guard }) }
  if (targets.length === 0) return [edge]
  return targets.map((target) => {
    const found = findTarget(tree, state, target)
    if (found) return { ...edge, target: found.path }
    throw new RangeError(`${whereOf(state)} goes to "${target}" on "${event}", which is nowhere`)
  })
}

/** Where a history state leads before there is anything to remember. */
function historyEdges(tree: StateTree, state: ConfiguredState): ChartEdge[] {
  const { type, config, parent, path: source } = state
  if (type !== 'history' || !parent) return []
  return readList(config.target).map((target) => {
    const name = String(target)
    const found = name.startsWith('#')
      ? findTarget(tree, state, name)
      : findBelow(tree, parent, name)
    if (found) return { source, target: found.path, event: 'default' }
    throw new RangeError(`${whereOf(state)} goes to "${name}", which is nowhere`)
  })
}

/** States that can be gone to from anywhere, by their ids. */
function routeEdges(tree: StateTree): ChartEdge[] {
  return withStatesBelow(tree.root).flatMap(({ path: target, parent, id, config }) => {
    if (!parent || !config.route || config.id !== id) return []
    const [route] = readTransitions({ ...tree.root, config: { on: { route: config.route } } })
    return [{ source: '', target, event: 'route', ...(route?.guard && { guard: route.guard }) }]
  })
}

function whereOf({ path, parent }: ConfiguredState): string {
  return parent ? `the state "${path}"` : 'the machine'
}
