import type { InstallContext } from './types.ts'

/** A state is only reached with what it needs: the chart's tests walk every way into it. */
export function known<K extends keyof InstallContext>(
  context: InstallContext,
  key: K,
): NonNullable<InstallContext[K]> {
  const value = context[key]
  if (value === undefined || value === null) throw new Error(`the flow has no ${key} yet`)
  return value
}
