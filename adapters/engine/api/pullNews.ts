import type { JSONMessage } from '../../../machines/plugin.ts'

/** More than any plugin has. What goes beyond is believed, and not remembered. */
const MAX_LAYERS = 10_000
/** In characters, of a line's id and status. */
const MAX_LINE = 256

/**
 * Tells what of a pull's stream is new. While a registry hangs, engine 20.10.24 repeats its last lines
 * ten times a second. A layer that is extracted is worked on though its line stays the same.
 */
export function createPullNews(): (message: JSONMessage) => boolean {
  const told = new Map<string, string>()
  return ({ id = '', status = '', progressDetail }) => {
    if (status === 'Extracting') return true
    const line = `${status} ${progressDetail?.current}`
    if (told.get(id) === line) return false
    const isUsual = told.size < MAX_LAYERS && id.length + line.length <= MAX_LINE
    if (isUsual) told.set(id, line)
    return true
  }
}
