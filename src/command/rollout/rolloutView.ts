import type { RolloutCounts, TargetRecord } from '../../../machines/rollout/records.ts'
import type { Transition } from '../../flow/types.ts'
import { visible, visibleJson } from '../../text/visible.ts'
import { type CommandIo, writeLines } from '../processIo.ts'
import { fitLine, liveRegion, terminalStyle } from '../views/terminal.ts'
import { type EndedRollout, progressText, recordLine, rolloutEndLines } from './rolloutText.ts'

/** Shows a rollout: on a terminal, as lines, or as JSON. */
export interface RolloutView {
  transition(transition: Transition): void
  /** A target is in another state. */
  record(record: TargetRecord): void
  counts(counts: RolloutCounts): void
  /** Shows the facts that are known when the command ends; nothing is shown after it. */
  end(rollout: EndedRollout, exitCode: number): void
  close(): void
}

export function chooseRolloutView({ json }: { json: boolean }, io: CommandIo): RolloutView {
  if (json) return jsonView(io)
  const canDraw = io.stdout.stream.isTTY && io.env.TERM !== 'dumb'
  return canDraw ? terminalView(io) : lineView(io)
}

/** States of a target that a line tells of. */
const TOLD: ReadonlySet<string> = new Set([
  'done',
  'failed',
  'unreachable',
  'abandoned',
  'undone',
  'undoFailed',
])

/** Lines that stay. */
export function lineView({ stdout, stderr }: CommandIo): RolloutView {
  return {
    transition: ({ to }) => stdout.write(`${visible(to)}\n`),
    record(record) {
      if (TOLD.has(record.state)) stdout.write(`${recordLine(record)}\n`)
    },
    counts() {},
    end: (rollout) => writeEnd(rollout, { stdout, stderr }),
    close() {},
  }
}

export function jsonView({ stdout, stderr }: CommandIo): RolloutView {
  const write = (value: object) => stdout.write(`${visibleJson(value)}\n`)
  return {
    transition: (transition) => write({ type: 'transition', ...transition }),
    record: ({ target, index, state, attempt, code, message, next }) =>
      write({ type: 'target', target, index, state, attempt, code, message, next }),
    counts: (counts) => write({ type: 'counts', ...counts }),
    end({ id, plan, state, counts, records }, exitCode) {
      write({ type: 'rollout', id, state, counts, exitCode })
      writeLines(stderr, rolloutEndLines({ id, plan, state, counts, records }).stderr)
    },
    close() {},
  }
}

const REDRAW_EVERY_MS = 250
/** The rate is that of the last so many milliseconds. */
const RATE_MS = 30_000

function terminalView({ stdout, stderr, env }: CommandIo): RolloutView {
  const style = terminalStyle(env)
  const columns = () => stdout.stream.columns ?? 80
  const region = liveRegion(stdout, columns)
  const rate = createRate(() => performance.now())
  let state = ''
  let counts: RolloutCounts | undefined
  const draw = () => {
    if (!counts) return
    const line = progressText(state, counts, rate.perSecond())
    region.draw([fitLine([{ text: line }], columns() - 1, style)])
  }
  const timer = setInterval(draw, REDRAW_EVERY_MS)
  const persist = (text: string, tone: 'failed' | 'quiet') => {
    region.persist([fitLine([{ text, tone }], columns() - 1, style)])
    draw()
  }
  return {
    transition({ to }) {
      state = to
      draw()
    },
    record(record) {
      const { state: now } = record
      if (TOLD.has(now)) rate.count()
      if (now !== 'done' && now !== 'undone' && TOLD.has(now)) persist(recordLine(record), 'failed')
    },
    counts(next) {
      counts = next
      draw()
    },
    end(rollout) {
      clearInterval(timer)
      region.draw([])
      writeEnd(rollout, { stdout, stderr })
    },
    close() {
      clearInterval(timer)
      region.draw([])
    },
  }
}

/** How many a second there were lately. */
export function createRate(now: () => number) {
  const times: number[] = []
  const began = now()
  return {
    count: () => times.push(now()),
    perSecond() {
      const since = Math.max(now() - RATE_MS, began)
      while (times.length > 0 && (times[0] ?? 0) < since) times.shift()
      const span = (now() - since) / 1_000
      return span < 1 ? 0 : times.length / span
    },
  }
}

function writeEnd(rollout: EndedRollout, { stdout, stderr }: Pick<CommandIo, 'stdout' | 'stderr'>) {
  const lines = rolloutEndLines(rollout)
  writeLines(stdout, lines.stdout)
  writeLines(stderr, lines.stderr)
}
