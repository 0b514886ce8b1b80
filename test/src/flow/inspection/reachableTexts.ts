/**
 * Every text that can be got at from a value: in properties of whatever kind, in maps and sets, by
 * the snapshots of actors. Values in the closures of functions cannot be.
 */
export function reachableTexts(value: unknown): Set<string> {
  const texts = new Set<string>()
  const seen = new Set<unknown>()
  const left: unknown[] = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next === 'string') texts.add(next)
    if ((typeof next !== 'object' && typeof next !== 'function') || next === null) continue
    if (seen.has(next)) continue
    seen.add(next)
    if (next instanceof Map || next instanceof Set) for (const held of next) left.push(held)
    const { getSnapshot } = Object(next)
    if (typeof getSnapshot === 'function') left.push(getSnapshot.call(next))
    for (const key of Reflect.ownKeys(next)) {
      left.push(key, Object.getOwnPropertyDescriptor(next, key)?.value)
    }
  }
  return texts
}
