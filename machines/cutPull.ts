/**
 * Whether the engine has all of a pull's content: `no`, it downloads; `yes`, or all but the last
 * second of it; `perhaps`, when nothing tells, as before the first line about a layer.
 */
export type HasContent = 'no' | 'perhaps' | 'yes'

/** The known state of a pull's layers; `src` keeps it for the progress that hosts see. */
export interface PullProgress {
  layers: readonly { phase: string; current: number; total?: number }[]
  bytesPerSecond: number
}

/** An engine that downloads tells of it several times a second. */
const QUIET_MS = 2_000
/** A layer that is not downloaded within this time is not downloaded while a cut reaches the engine. */
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
