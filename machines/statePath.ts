import type { StateValue } from 'xstate'

/** `pulling.streaming` for `{ pulling: 'streaming' }`. */
export function statePath(value: StateValue): string {
  if (typeof value === 'string') return value
  const inner = Object.entries(value).map(([state, sub]) =>
    sub ? `${state}.${statePath(sub)}` : state,
  )
  return inner.join(' ')
}
