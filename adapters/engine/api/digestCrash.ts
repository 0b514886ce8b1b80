/**
 * Engines that a plugin reference with a digest kills: they panic on the missing tag (recordings
 * `privileges.digest`, `pull.digest`). Each range from its first version to its last.
 */
const CRASHING = [
  ['20.10.0', '23.0.9'],
  ['24.0.0', '24.0.8'],
  ['25.0.0', '25.0.2'],
] as const

/** Whether a reference with a digest would kill an engine of this version, e.g. `20.10.24+dfsg1`. */
export function crashesOnDigest(version: string): boolean {
  const asked = rank(version)
  return CRASHING.some(([first, last]) => rank(first) <= asked && asked <= rank(last))
}

/** Versions as numbers in their own order; NaN, which is in no range, for what is no version. */
function rank(version: string): number {
  const parts = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?!\d)/.exec(version)
  if (parts === null) return Number.NaN
  return Number(parts[1]) * 1e8 + Number(parts[2]) * 1e4 + Number(parts[3])
}
