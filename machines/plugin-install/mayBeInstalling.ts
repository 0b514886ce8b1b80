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
 * Whether an engine may have all of a pull's content by now. From then on it no longer heeds its
 * client: it extracts to the end and installs the plugin, whoever has closed the connection. Until
 * then a closed connection ends the pull (recording `pull.client-gone`).
 */
export function mayBeInstalling(
  { layers, bytesPerSecond }: PullProgress,
  quietMs: number,
): boolean {
  const missing = layers.map(({ phase, current, total = Number.POSITIVE_INFINITY }) =>
    phase === 'downloading' ? total - current : 0,
  )
  const most = Math.max(0, ...missing)
  if (most > 0) return quietMs < QUIET_MS && most < bytesPerSecond * MARGIN_S
  const begun = layers.length > 0 && layers.every(({ phase }) => phase !== 'waiting')
  return begun || quietMs < QUIET_MS
}
