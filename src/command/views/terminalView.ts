import stringWidth from 'string-width'
import type { LayerProgress, Progress } from '../../../machines/progress.ts'
import {
  describeQueued,
  describeRetry,
  formatBytes,
  formatElapsed,
  formatPart,
  formatProgress,
} from '../../text/formatAmount.ts'
import { inOrder } from '../../text/visible.ts'
import { fitLine, type Line, liveRegion, type Piece, type TerminalStyle } from './terminal.ts'
import { stateName, type View, type ViewOptions } from './view.ts'
import { wordsOf, writeOutcome } from './words.ts'

const REDRAW_EVERY_MS = 100

interface TerminalViewOptions extends ViewOptions {
  style: TerminalStyle
}

/** The current state. */
interface Step {
  name: string
  /** The engine pulls. */
  pulls: boolean
  doing: string
  done: string
  since: number
  /** The last retry, shown until this time. */
  retry?: { text: string; until: number }
  /** It waits for its place, until it goes on. */
  queued?: string
}

/** For a terminal: each past state stays as a line, the current one is drawn live. */
export function terminalView(options: TerminalViewOptions): View {
  const { run, stdout, now, style } = options
  const words = wordsOf(run)
  const columns = () => Math.max((stdout.stream.columns ?? 80) - 1, 1)
  const region = liveRegion(stdout, () => columns() + 1)
  let step: Step | undefined
  let progress: Progress | undefined
  let isAsking = false
  let timer: NodeJS.Timeout | undefined

  const fit = (pieces: readonly Piece[]): Line => fitLine(pieces, columns(), style)
  const draw = () => {
    if (!step || isAsking) return
    const rows = Math.max((stdout.stream.rows ?? 24) - 2, 0)
    const layers = step.pulls ? (progress?.layers ?? []) : []
    const lines = [activeLine(step, progress, now(), style)]
    region.draw([...lines, ...layerLines(layers, rows, columns(), style)].map(fit))
  }
  const redraw = (isOn: boolean) => {
    if (isOn && !timer) timer = setInterval(draw, REDRAW_EVERY_MS)
    if (isOn) return
    clearInterval(timer)
    timer = undefined
  }
  const finish = (end: StepEnd) => {
    if (step && !isAsking) region.persist([fit(finishedLine(step, progress, end, now(), style))])
    step = undefined
    isAsking = false
  }

  return {
    transition({ to }) {
      const name = stateName(to)
      const isEnd = name === 'done' || FAILURES.includes(name)
      if (step?.name !== name && !(isEnd && step?.name === 'rollingBack')) {
        finish(endOf(step?.name, name))
      }
      if (isEnd) return
      const pulls = words.pulls.includes(name)
      if (!pulls) progress = undefined
      const shown = words.describeState(to, run)
      if (shown) step = { name, pulls, ...shown, since: step?.since ?? now() }
      redraw(true)
      draw()
    },
    progress(next) {
      progress = next
      if (step) delete step.queued
    },
    retry(retry) {
      if (!step) return
      delete step.queued
      step.retry = { text: describeRetry(retry), until: now() + retry.delay }
      draw()
    },
    queued(queued) {
      if (!step) return
      step.queued = describeQueued(queued)
      draw()
    },
    asking() {
      region.draw([])
      isAsking = true
    },
    notice(line) {
      // Too important to be cut.
      region.persist([{ text: line, width: stringWidth(line) }])
      draw()
    },
    outcome(outcome) {
      redraw(false)
      const isLeft = 'rollback' in outcome && outcome.rollback.result === 'failed'
      finish(isLeft || outcome.state === 'stranded' ? 'failed' : 'done')
      writeOutcome(outcome, options)
    },
    close() {
      redraw(false)
      region.draw([])
    },
  }
}

/** The final states of a run that has not done what was asked. */
const FAILURES = ['rolledBack', 'stranded']

/** How a step ended. `again`: the registry wants other credentials, or what was looked up has changed. */
type StepEnd = 'done' | 'failed' | 'again'

function endOf(name: string | undefined, next: string): StepEnd {
  if (next === 'rollingBack' || FAILURES.includes(next)) return 'failed'
  const isBack = next === 'reauth' || (name === 'pulling' && next === 'checkPrivileges')
  return isBack ? 'again' : 'done'
}

const TONES = { done: 'done', failed: 'failed', again: 'quiet' } as const

function activeLine(
  { pulls, doing, since, retry, queued }: Step,
  progress: Progress | undefined,
  now: number,
  { spinner }: TerminalStyle,
): Piece[] {
  const turn = Math.floor(now / REDRAW_EVERY_MS) % spinner.length
  const isPulling = pulls && progress !== undefined && progress.layers.length > 0
  const text = isPulling ? `pulling: ${formatProgress(progress)}` : doing
  return [
    { text: `${spinner[turn]} `, tone: 'active' },
    { text: queued ?? (retry && now < retry.until ? retry.text : text) },
    { text: `  ${formatElapsed(now - since)}`, tone: 'quiet' },
  ]
}

function finishedLine(
  { pulls, doing, done, since }: Step,
  progress: Progress | undefined,
  end: StepEnd,
  now: number,
  style: TerminalStyle,
): Piece[] {
  const pulled = pulls && progress && end === 'done' ? `${formatBytes(progress.current)}  ` : ''
  return [
    { text: `${style[end]} `, tone: TONES[end] },
    { text: `${end === 'done' ? done : doing}  ${pulled}` },
    { text: formatElapsed(now - since), tone: 'quiet' },
  ]
}

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
    { text: `  ${inOrder(id).slice(0, 12).padEnd(12)}  ${phase.padEnd(11)}  ` },
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
