const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
const BAR_WIDTH = 50

const ESCAPES: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }

/** `Pulling from …` and `Digest: …`. */
export function messageLine(status: string, id?: string): string {
  return `${encode({ status, id })}\r\n`
}

/** One step of one layer. `current` is left out while it is 0, as the engine does. */
export function progressLine(id: string, status: string, current = 0, total = 0): string {
  const progressDetail = {
    ...(current > 0 ? { current } : {}),
    ...(total > 0 ? { total } : {}),
  }
  const progress = progressText(current, total)
  return `${encode({ status, progressDetail, ...(progress ? { progress } : {}), id })}\r\n`
}

export function errorLine(message: string): string {
  return `${encode({ errorDetail: { message }, error: message })}\r\n`
}

/** The bar as the engine draws it, for clients that show `progress` unchanged. */
function progressText(current: number, total: number): string {
  if (current <= 0 && total <= 0) return ''
  if (total <= 0) return humanSize(current).padStart(8)
  const filled = Math.min(Math.floor(Math.floor((current / total) * 100) / 2), BAR_WIDTH)
  const bar = `[${'='.repeat(filled)}>${' '.repeat(BAR_WIDTH - filled)}]`
  return `${bar} ${humanSize(current).padStart(8)}/${humanSize(total)}`
}

/** Four significant digits in powers of 1000. */
function humanSize(bytes: number): string {
  let unit = 0
  let size = bytes
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000
    unit++
  }
  return `${Number(size.toPrecision(4))}${UNITS[unit]}`
}

/** Escapes the special characters of HTML, as the engine does in streams alone. */
function encode(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, (character) => ESCAPES[character] as string)
}
