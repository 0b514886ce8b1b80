import type { Engine } from './types.ts'

/** The address that `connect()` reaches an engine at. A host's own engine has none: its `host` is for people. */
export const ADDRESS = Symbol('address')

/** Equal for engines that are known to be one, also for a copy of one that `connect()` has made. */
export function engineKey(engine: Engine & { readonly [ADDRESS]?: string }): string | Engine {
  return engine[ADDRESS] ?? engine
}
