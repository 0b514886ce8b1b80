import type { HasContent } from '../cutPull.ts'
import type { Engine } from '../engine.ts'
import type { Plugin } from '../plugin.ts'
import type { Pause } from '../retry.ts'

/** How often one looks again for what a cut pull may still leave, and how far apart. */
export interface Settling {
  looks: number
  /** In milliseconds. */
  pause: number
}

/** How long a cut pull is waited for. Extracting 30,000 files takes an engine some 4 seconds. */
export const settlings: Readonly<Record<HasContent, Settling>> = {
  no: { looks: 1, pause: 250 },
  perhaps: { looks: 20, pause: 500 },
  yes: { looks: 40, pause: 500 },
}

/** Looks until the plugin is there, or until it can be expected no longer. */
export async function inspectSettled(
  engine: Engine,
  name: string,
  settling: Settling,
  signal: AbortSignal,
  pause: Pause,
): Promise<Plugin | undefined> {
  let plugin = await engine.call('pluginInspect', { name }, { signal })
  for (let look = 0; !plugin && look < settling.looks; look++) {
    await pause(settling.pause)
    plugin = await engine.call('pluginInspect', { name }, { signal })
  }
  return plugin
}
