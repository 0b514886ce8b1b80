import type { Engine } from '../../engine.ts'
import type { Plugin } from '../../plugin.ts'
import type { Pause } from '../../retry.ts'
import type { HasContent } from '../types.ts'

/** What is known of a pull's layers; `src` keeps it for the progress that hosts see. */
export interface PullProgress {
  layers: readonly { phase: string; current: number; total?: number }[]
  bytesPerSecond: number
}

/** An engine that downloads tells of it several times a second. */
const QUIET_MS = 2_000
/** What is not downloaded within this time is not while a cut reaches the engine. */
const MARGIN_S = 1

/**
 * How far a pull has got when its connection is cut. With all of the content an engine no longer
 * heeds its client: it extracts to the end and installs the plugin, even without one. Until then a
 * closed connection ends the pull (recording `pull.client-gone`).
 */
export function hasContent({ layers, bytesPerSecond }: PullProgress, quietMs: number): HasContent {
  const missing = layers.map(({ phase, current, total = Number.POSITIVE_INFINITY }) =>
    phase === 'downloading' ? total - current : 0,
  )
  const most = Math.max(0, ...missing)
  const hangs = quietMs >= QUIET_MS
  if (most > 0) return hangs || most >= bytesPerSecond * MARGIN_S ? 'no' : 'yes'
  if (layers.length > 0 && layers.every(({ phase }) => phase !== 'waiting')) return 'yes'
  return hangs ? 'no' : 'perhaps'
}

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
