import type { PluginReference } from '../../machines/reference.ts'
import type { EmbeddedLayer } from './definePlugin.ts'
import type { PacedClock } from './pacedClock.ts'
import type { PluginStore } from './pluginStore.ts'
import type { Found } from './registryLookup.ts'

/** How often the engine looks at what it is doing and tells of it. */
export const TICK_MS = 100

/** What the layers of one pull share. */
export interface LayerFetch {
  store: PluginStore
  clock: PacedClock
  reference: PluginReference
  found: Found
  /** Fires when the client has gone. */
  signal: AbortSignal
  write: (line: string) => Promise<void>
}

export function shortId({ digest }: EmbeddedLayer): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12)
}
