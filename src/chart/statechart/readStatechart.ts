import { defined } from '../../../machines/defined.ts'
import type { ChartEdge } from '../chart.ts'
import type { ChartState } from '../chartLayout.ts'
import {
  type ConfiguredState,
  findBelow,
  findTarget,
  isRecord,
  readList,
  readStateTree,
  type StateTree,
  toText,
  withStatesBelow,
} from './stateTree.ts'
import {
  readActions,
  readDescription,
  readInvokes,
  readTransitions,
  type Transition,
} from './transitions.ts'

/** The drawable part of a machine, as plain data. */
export interface Statechart {
  /** The machine's id. */
  id: string
  /** The machine itself, with the states in it. */
  root: StateNode
  /** In the order of XState: those of a state before those of the states in it. One for each target. */
  edges: readonly StatechartEdge[]
}

export interface StatechartEdge extends ChartEdge {
  /** By name, in order. */
  actions?: readonly string[]
  description?: string
}

export interface StateNode {
  /** `pulling.streaming`; a dot within a name is written `\.`. Empty for the machine itself. */
  path: string
  /** The last part of it. */
  name: string
  type: ChartState['type']
  description: string
  /** The path of the initial state. */
  initial?: string
  /** Of a history state: it remembers the states within states too. */
  isDeep?: true
  /** Actions by name. */
  entry?: readonly string[]
  exit?: readonly string[]
  /** The actors that run while it is active. */
  invokes?: readonly string[]
  /** How many states are in it that are not drawn. */
  hidden?: number
  states: readonly StateNode[]
}

/**
 * Reads a machine of XState 5 from JSON, as `JSON.stringify(machine.config)`, `plugin-flow machine` and
 * Stately's editor write it; `JSON.stringify(machine)` too, from which XState leaves out eventless
 * transitions.
 *
 * @throws RangeError with a sentence that names the problem and the state
 */
export function parseStatechart(text: string): Statechart {
  return readStatechart(readJson(text))
}

/** The message of `JSON.parse` differs between versions of Node.js. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RangeError('it is not JSON')
  }
}

/** One picture of more could not be read. */
const MOST_EDGES = 4_000

/**
 * A config of XState 5 as drawable data, as its `createMachine` understands it.
 *
 * @throws RangeError with a sentence that names the problem and the state
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
    description: readDescription(config.description) ?? '',
    ...(initial && { initial: initial.path }),
    ...(type === 'history' && config.history === 'deep' && { isDeep: true as const }),
    ...defined({
      entry: readActions(config.entry),
      exit: readActions(config.exit),
      invokes: readInvokes(config.invoke),
    }),
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
  const name = toText(target)
  const found = state.states.get(name) ?? (name.startsWith('#') && findTarget(tree, state, name))
  if (found && found.parent === state) return found
  throw new RangeError(`${whereOf(state)} begins with "${name}", which is not one of its states`)
}

function edgesFrom(tree: StateTree, state: ConfiguredState): StatechartEdge[] {
  return [
    ...readTransitions(state).flatMap((transition) => toEdges(tree, state, transition)),
    ...historyEdges(tree, state),
    ...(state.parent ? [] : routeEdges(tree)),
  ]
}

function toEdges(
  tree: StateTree,
  state: ConfiguredState,
  { targets, ...transition }: Transition,
): StatechartEdge[] {
  const edge = { source: state.path, ...transition }
  if (targets.length === 0) return [edge]
  return targets.map((target) => {
    const found = findTarget(tree, state, target)
    if (found) return { ...edge, target: found.path }
    throw new RangeError(
      `${whereOf(state)} goes to "${target}" on "${transition.event}", which does not exist`,
    )
  })
}

/** Where a history state leads before there is anything to remember. */
function historyEdges(tree: StateTree, state: ConfiguredState): StatechartEdge[] {
  const { type, config, parent, path: source } = state
  if (type !== 'history' || !parent) return []
  return readList(config.target).map((target) => {
    const name = toText(target)
    const found = name.startsWith('#')
      ? findTarget(tree, state, name)
      : findBelow(tree, parent, name)
    if (found) return { source, target: found.path, event: 'default' }
    throw new RangeError(`${whereOf(state)} goes to "${name}", which does not exist`)
  })
}

/** States with a `route`, which can be entered from anywhere by their ids. */
function routeEdges(tree: StateTree): StatechartEdge[] {
  return withStatesBelow(tree.root).flatMap(({ path: target, parent, id, config }) => {
    if (!parent || !config.route || config.id !== id) return []
    const [route] = readTransitions({ ...tree.root, config: { on: { route: config.route } } })
    return [{ source: '', target, event: 'route', ...(route?.guard && { guard: route.guard }) }]
  })
}

function whereOf({ path, parent }: ConfiguredState): string {
  return parent ? `the state "${path}"` : 'the machine'
}
