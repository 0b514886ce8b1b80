import type { JSONMessage } from '../../../machines/plugin.ts'

/** More than any plugin has. What goes beyond counts as new, and is not remembered. */
const MAX_LAYERS = 10_000
/** In characters, of a line's id and status. */
const MAX_LINE = 256

/**
 * Returns a function that tells which lines of a pull's stream are new. While a registry hangs, engine
 * 20.10.24 repeats its last lines ten times a second. A layer that is extracted is worked on though its
 * line stays the same.
 */
export function createStallDetector(): (message: JSONMessage) => boolean {
  const seen = new Map<string, string>()
  return ({ id = '', status = '', progressDetail }) => {
    if (status === 'Extracting') return true
    const line = `${status} ${progressDetail?.current}`
    if (seen.get(id) === line) return false
    const isUsual = seen.size < MAX_LAYERS && id.length + line.length <= MAX_LINE
    if (isUsual) seen.set(id, line)
    return true
  }
}
