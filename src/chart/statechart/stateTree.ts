import type { ChartState } from '../chartLayout.ts'

/** A state of a config, with where it stands among the others. */
export interface ConfiguredState {
  readonly key: string
  readonly path: string
  /** As in the config, else the machine's id and the keys down to it. */
  readonly id: string
  readonly type: ChartState['type']
  readonly config: Fields
  readonly parent?: ConfiguredState
  readonly states: ReadonlyMap<string, ConfiguredState>
}

export interface StateTree {
  readonly root: ConfiguredState
  /** Of two states with the same id the last, as in XState. */
  readonly byId: ReadonlyMap<string, ConfiguredState>
}

/** One picture of more could not be read. */
const MOST_STATES = 2_000
const DEEPEST = 40

/** @throws RangeError */
export function readStateTree(machine: unknown): StateTree {
  if (!isRecord(machine)) throw new RangeError('it is not a machine: a machine is a JSON object')
  const byId = new Map<string, ConfiguredState>()
  const machineId = typeof machine.id === 'string' && machine.id !== '' ? machine.id : '(machine)'
  let count = 0

  const read = (config: Fields, key: string, parent?: ConfiguredState): ConfiguredState => {
    const keys = parent ? [...keysOf(parent), key] : []
    if (keys.length > DEEPEST) throw new RangeError(`its states are nested deeper than ${DEEPEST}`)
    if (++count > MOST_STATES) throw new RangeError(`it has more than ${MOST_STATES} states`)
    const path = keys.map(escapeKey).join('.')
    const where = parent ? `the state "${path}"` : 'the machine'
    const within = readRecord(config.states, `"states" of ${where}`)
    const states = new Map<string, ConfiguredState>()
    const id = typeof config.id === 'string' && config.id !== '' ? config.id : undefined
    const state: ConfiguredState = {
      key,
      path,
      id: id ?? [machineId, ...keys].join('.'),
      type: typeOf(config, where),
      config,
      ...(parent && { parent }),
      states,
    }
    byId.set(state.id, state)
    for (const [name, below] of Object.entries(within)) {
      const child = readRecord(below, `the state "${name}" in ${where}`)
      states.set(name, read(child, name, state))
    }
    return state
  }

  const root = read(machine, machineId)
  if (root.states.size === 0) throw new RangeError('it has no states')
  return { root, byId }
}

/** A state and those below it, in the order of the config. */
export function withStatesBelow(state: ConfiguredState): ConfiguredState[] {
  return [state, ...[...state.states.values()].flatMap(withStatesBelow)]
}

function keysOf({ key, parent }: ConfiguredState): string[] {
  return parent ? [...keysOf(parent), key] : []
}

/** A key as XState reads it in a target. */
export function escapeKey(key: string): string {
  return key.replace(/[\\.]/g, '\\$&')
}

const TYPES = ['atomic', 'compound', 'parallel', 'final', 'history'] as const

function typeOf({ type, states, history }: Fields, where: string): ChartState['type'] {
  if (type) {
    const known = TYPES.find((each) => each === type)
    if (known) return known
    throw new RangeError(`"type" of ${where} must be one of ${TYPES.join(', ')}`)
  }
  if (isRecord(states) && Object.keys(states).length > 0) return 'compound'
  return history ? 'history' : 'atomic'
}

/**
 * The state that a transition's target names, as XState finds it: `key` beside the state, `.key` in it,
 * `#id` anywhere, each with more keys below it after dots. `undefined` when there is no such state.
 */
export function findTarget(
  tree: StateTree,
  source: ConfiguredState,
  target: string,
): ConfiguredState | undefined {
  if (target.startsWith('#')) return findById(tree, target)
  const isWithin = target.startsWith('.')
  if (!source.parent) return isWithin ? findBelow(tree, source, target.slice(1)) : undefined
  return findBelow(tree, source.parent, isWithin ? source.key + target : target)
}

/** The same for the target of a history state, which XState looks for beside it. */
export function findBelow(
  tree: StateTree,
  from: ConfiguredState,
  path: string,
): ConfiguredState | undefined {
  return walk(tree, from, targetKeys(path))
}

function findById(tree: StateTree, target: string): ConfiguredState | undefined {
  const [id = '', ...keys] = targetKeys(target)
  const found = tree.byId.get(id.slice(1))
  // XState writes ids with dots in them, and does not find those again.
  return (found && walk(tree, found, keys)) ?? tree.byId.get(target.slice(1))
}

function walk(
  tree: StateTree,
  from: ConfiguredState,
  keys: readonly string[],
): ConfiguredState | undefined {
  let at: ConfiguredState | undefined = from
  for (const key of keys) {
    if (key === '' || !at) break
    at = key.startsWith('#') ? findById(tree, key) : at.states.get(key)
  }
  return at
}

/** A backslash takes its meaning from the dot, or whatever follows it. */
function targetKeys(path: string): string[] {
  const keys: string[] = []
  let key = ''
  for (const [, escaped, character] of path.matchAll(/\\(.)|(.)/gsu)) {
    if (character === '.') {
      keys.push(key)
      key = ''
    } else key += escaped ?? character
  }
  return [...keys, key]
}

export type Fields = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** JSON where text belongs, as text. An object of a foreign config may have a `toString` that is no function. */
export function toText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** An absent object is empty. @throws RangeError */
export function readRecord(value: unknown, what: string): Fields {
  if (value === undefined || value === null) return {}
  if (isRecord(value)) return value
  throw new RangeError(`${what} is not a JSON object`)
}

/** One value or a list of them; an absent value is an empty list. */
export function readList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
