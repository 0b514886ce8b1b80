import type { ConfiguredState, StateTree } from './stateTree.ts'

/**
 * The state that a transition's target names, as XState finds it: `key` beside the state, `.key` in it,
 * `#id` anywhere, each with more keys below it after dots. `undefined`: there is none.
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

/** The same for the target of a history state, which is looked for beside it. */
export function findBelow(
  tree: StateTree,
  from: ConfiguredState,
  path: string,
): ConfiguredState | undefined {
  return walk(tree, from, keysOf(path))
}

function findById(tree: StateTree, target: string): ConfiguredState | undefined {
  const [id = '', ...keys] = keysOf(target)
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
function keysOf(path: string): string[] {
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
