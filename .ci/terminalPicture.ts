// Draws the command at work, as an animated picture for README.md: a recorded run through the view that a terminal
// gets. `npm run docs` writes it.
import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'
import type { ConsentRequest } from '../machines/consent.ts'
import type { InstallOutput } from '../machines/plugin-install/types.ts'
import { installQuestion } from '../src/command/install/consentQuestion.ts'
import { createOutput } from '../src/command/processIo.ts'
import { terminalStyle } from '../src/command/views/terminal.ts'
import { terminalView } from '../src/command/views/terminalView.ts'
import { readRun } from '../src/events/readRun.ts'
import { escapeText } from '../src/text/xml.ts'

const COLUMNS = 92
const ROWS = 24
const CELL = { width: 8.4, height: 18 }
const MARGIN = 16
const COMMAND = '$ plugin-flow install vieux/sshfs DEBUG=1'
/** In milliseconds: how long the question, and the end, can be read. */
const READING = 5_000
const env = { FORCE_COLOR: '1', LANG: 'C.UTF-8' }
const COLOURS = [
  '#6e7681',
  '#ff7b72',
  '#56d364',
  '#e3b341',
  '#79c0ff',
  '#d2a8ff',
  '#56d4dd',
  '#e6edf3',
]

/** The screen from a moment on, as elements of SVG. */
interface Frame {
  at: number
  texts: readonly string[]
}

export async function terminalPicture(run: string): Promise<string> {
  return toSvg(await replay(run))
}

/** Gives a recorded run to the view, and looks at the screen after each event. */
async function replay(run: string): Promise<Frame[]> {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })
  const write = (text: string) =>
    new Promise<void>((done) => terminal.write(text.replaceAll('\n', '\r\n'), done))
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: COLUMNS, rows: ROWS })
  const output = createOutput(stream, env)
  const frames: Frame[] = []
  const events = readRun(JSON.parse(readFileSync(run, 'utf8')))
  const began = events[0]?.at ?? 0
  let paused = 0
  let now = 0
  const look = async () => {
    await write(String(stream.read() ?? ''))
    const at = now + paused
    if (frames.at(-1)?.at === at) frames.pop()
    frames.push({ at, texts: textsOf(terminal) })
  }
  // The view draws by a clock of its own; here that of the recording is the only one.
  const { setInterval } = globalThis
  let draw: (() => void) | undefined
  globalThis.setInterval = ((act: () => void) => {
    draw = act
    return undefined
  }) as unknown as typeof setInterval
  const shown = { machine: 'pluginInstall', reference: 'vieux/sshfs', settingCount: 1 } as const
  const view = terminalView({
    run: { ...shown, keepOnFailure: false },
    stdout: output,
    stderr: output,
    now: () => now,
    style: terminalStyle(env),
  })
  try {
    output.write(`${COMMAND}\n`)
    await look()
    paused += 1_000
    for (const event of events) {
      now = event.at - began
      if (event.type === 'transition') view.transition({ ...event, event: { type: event.event } })
      if (event.type === 'progress') view.progress(event.progress)
      if (event.type === 'consent' && event.request) {
        // The recording is of an install.
        const request = event.request as unknown as ConsentRequest
        view.asking(request)
        output.write(installQuestion(request, { before: undefined, output }))
        await look()
        paused += READING
        output.write('y\n')
      }
      if (event.type === 'outcome') view.outcome(event.outcome as unknown as InstallOutput, 0)
      else draw?.()
      await look()
    }
  } finally {
    globalThis.setInterval = setInterval
    terminal.dispose()
  }
  return frames
}

/** The rows of the screen, each stretch of one colour where it stands. */
function textsOf({ buffer }: xterm.Terminal): string[] {
  const texts: string[] = []
  for (let row = 0; row < ROWS; row++) {
    const line = buffer.active.getLine(buffer.active.baseY + row)
    let text = ''
    let style = ''
    let from = 0
    const flush = (to: number) => {
      if (text.trim() !== '') {
        const x = (MARGIN + from * CELL.width).toFixed(1)
        const y = MARGIN + (row + 1) * CELL.height
        texts.push(`<text x="${x}" y="${y}"${style}>${escapeText(text.trimEnd())}</text>`)
      }
      text = ''
      from = to
    }
    for (let column = 0; column < COLUMNS; column++) {
      const cell = line?.getCell(column)
      const next = cell ? styleOf(cell) : ''
      if (next !== style) flush(column)
      style = next
      text += cell?.getChars() || ' '
    }
    flush(COLUMNS)
  }
  return texts
}

function styleOf(cell: xterm.IBufferCell): string {
  const colour = cell.isFgPalette() ? COLOURS[cell.getFgColor() % 8] : undefined
  const fill = colour ? ` fill="${colour}"` : ''
  return `${fill}${cell.isBold() ? ' font-weight="bold"' : ''}${cell.isDim() ? ' opacity="0.65"' : ''}`
}

/** Each text once for each time that it comes, with the part of the whole in which it is there. */
function toSvg(frames: readonly Frame[]): string {
  const width = Math.ceil(2 * MARGIN + COLUMNS * CELL.width)
  const height = 2 * MARGIN + ROWS * CELL.height
  const whole = (frames.at(-1)?.at ?? 0) + READING
  const percent = (at: number) => `${((100 * at) / whole).toFixed(2)}%`
  const groups = new Map<string, string[]>()
  for (const [index, { texts }] of frames.entries()) {
    for (const text of texts) {
      if (frames[index - 1]?.texts.includes(text)) continue
      const end = frames.slice(index).findIndex((frame) => !frame.texts.includes(text))
      const name = end < 0 ? `f${index}` : `f${index}-${index + end}`
      groups.set(name, [...(groups.get(name) ?? []), text])
    }
  }
  const shows = [...groups.keys()].map((name) => {
    const [from = 0, until] = name
      .slice(1)
      .split('-')
      .map((index) => frames[Number(index)]?.at)
    const end = until === undefined ? '' : `${percent(until)}{visibility:hidden}`
    return `@keyframes ${name}{0%{visibility:hidden}${percent(from)}{visibility:visible}${end}}#${name}{animation-name:${name}}`
  })
  const drawn = [...groups].map(([name, texts]) => {
    const isLast = name.includes('-') ? '' : ' class="last"'
    return `<g id="${name}"${isLast}>\n${texts.join('\n')}\n</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${COMMAND}">
<style>
svg{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3}
text{white-space:pre}
g{visibility:hidden;animation:${(whole / 1_000).toFixed(1)}s step-end infinite}
${shows.join('\n')}
@media (prefers-reduced-motion:reduce){g{animation:none}.last{visibility:visible}}
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${drawn.join('\n')}
</svg>
`
}
