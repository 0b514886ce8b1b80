import type { LayerProgress } from '../../../machines/progress.ts'
import { formatBytes, formatPart } from '../../text/formatAmount.ts'
import { visible } from '../../text/visible.ts'
import type { Piece, TerminalStyle } from './terminal.ts'

const LONGEST_BAR = 30
/** Columns of a line without its bar. */
const REST = 58

/**
 * One line per layer, in at most `rows`; complete layers make room for the others. A bar is half full where the
 * layer is downloaded, and full where it is extracted.
 */
export function layerLines(
  layers: readonly LayerProgress[],
  rows: number,
  columns: number,
  style: TerminalStyle,
): Piece[][] {
  if (layers.length <= rows) return layers.map((layer) => layerLine(layer, columns, style))
  const shown = Math.max(rows - 1, 0)
  const active = layers.filter(({ phase }) => phase !== 'complete')
  const complete = layers.length - active.length
  const lines = active.slice(0, shown).map((layer) => layerLine(layer, columns, style))
  const rest = `  ${complete} of ${layers.length} layers complete`
  return [...lines, [{ text: rest, tone: 'quiet' as const }]].slice(0, rows)
}

function layerLine(layer: LayerProgress, columns: number, style: TerminalStyle): Piece[] {
  const { id, phase, current, extracted, total = 0 } = layer
  const length = Math.min(Math.max(columns - REST, 0), LONGEST_BAR)
  const upTo = (bytes: number) => (total > 0 ? Math.floor((bytes / total) * length) : 0)
  const full = phase === 'complete' ? length : upTo(extracted)
  const half = Math.max(upTo(current) - full, 0)
  return [
    { text: `  ${visible(id).slice(0, 12).padEnd(12)}  ${phase.padEnd(11)}  ` },
    { text: style.full.repeat(full), tone: 'done' },
    { text: style.half.repeat(half), tone: 'active' },
    { text: style.empty.repeat(length - full - half), tone: 'quiet' },
    { text: `  ${percent(layer).padStart(4)}  ${amount(layer)}` },
  ]
}

/** The percentage of the current phase. The bar shows both phases, so that it never goes back. */
function percent({ phase, current, extracted, total = 0 }: LayerProgress): string {
  if (phase === 'complete') return '100%'
  if (total === 0) return ''
  return `${Math.floor(((phase === 'extracting' ? extracted : current) / total) * 100)}%`
}

function amount({ phase, current, extracted, total }: LayerProgress): string {
  if (phase === 'waiting') return ''
  if (phase === 'complete') return total === 0 ? '' : formatBytes(current)
  return formatPart(phase === 'extracting' ? extracted : current, total)
}
