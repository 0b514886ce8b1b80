import type { PluginEngine } from '../ports.ts'
import type { Plugin } from '../types.ts'

/** Waits; rejects when nobody waits for the result any more. */
export type Pause = (ms: number) => Promise<void>

const SETTLE_MS = 250

/** Looks twice: a pull that was cut can still end in a plugin a moment later. */
export async function inspectSettled(
  engine: PluginEngine,
  name: string,
  signal: AbortSignal,
  pause: Pause,
): Promise<Plugin | undefined> {
  const plugin = await engine.pluginInspect(name, signal)
  if (plugin) return plugin
  await pause(SETTLE_MS)
  return engine.pluginInspect(name, signal)
}
