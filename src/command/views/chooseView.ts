import { describeQueued, describeRetry, formatProgress } from '../../text/formatAmount.ts'
import type { OutputFormat } from '../options/values.ts'
import { type CommandIo, type Output, writeLines } from '../processIo.ts'
import { jsonView } from './jsonView.ts'
import { terminalStyle } from './terminal.ts'
import { terminalView } from './terminalView.ts'
import { type ShownRun, stateName, type View, type ViewOptions } from './view.ts'
import { wordsOf, writeOutcome } from './words.ts'

/** JSON or almost nothing where that is asked for, live bars on a capable terminal, lines otherwise. */
export function chooseView(
  { json, quiet, plain }: OutputFormat,
  run: ShownRun,
  { stdout, stderr, env }: Pick<CommandIo, 'stdout' | 'stderr' | 'env'>,
): View {
  const options = { run, stdout, stderr, now: () => performance.now() }
  if (json) return jsonView(options)
  if (quiet) return quietView(options)
  const canDraw = stdout.stream.isTTY && env.TERM !== 'dumb' && !plain
  return canDraw ? terminalView({ ...options, style: terminalStyle(env) }) : lineView(options)
}

/**
 * The output for questions: `stdout`, as in Docker's own command, unless that is read by a program, or only
 * `stderr` is a terminal.
 */
export function questionOutput(
  { json, quiet }: Pick<OutputFormat, 'json' | 'quiet'>,
  { stdout, stderr }: Pick<CommandIo, 'stdout' | 'stderr'>,
): Output {
  const isUnseen = !stdout.stream.isTTY && stderr.stream.isTTY
  return json || quiet || isUnseen ? stderr : stdout
}

const PROGRESS_EVERY_MS = 1_000

/** For a pipe or a log: a line per state, and at most one line of progress per second. */
export function lineView(options: ViewOptions): View {
  const { run, stdout, stderr, now } = options
  const { pulls, describeState } = wordsOf(run)
  let state = ''
  let shownAt = 0
  return {
    transition({ to }) {
      state = stateName(to)
      shownAt = now()
      const words = describeState(to, run)
      if (words) stdout.write(`${words.doing}\n`)
    },
    progress(progress) {
      if (!pulls.includes(state) || progress.layers.length === 0) return
      if (now() - shownAt < PROGRESS_EVERY_MS) return
      shownAt = now()
      stdout.write(`pulling: ${formatProgress(progress)}\n`)
    },
    retry(retry) {
      shownAt = now()
      stdout.write(`${describeRetry(retry)}\n`)
    },
    queued(queued) {
      shownAt = now()
      stdout.write(`${describeQueued(queued)}\n`)
    },
    asking() {},
    notice(line) {
      stderr.write(`${line}\n`)
    },
    outcome: (outcome) => writeOutcome(outcome, options),
    close() {},
  }
}

/** For scripts: the full ID of the installed plugin, as `docker build --quiet` prints it, or the failure. */
export function quietView({ run, stdout, stderr }: Omit<ViewOptions, 'now'>): View {
  return {
    transition() {},
    progress() {},
    retry() {},
    queued() {},
    asking() {},
    notice(line) {
      stderr.write(`${line}\n`)
    },
    outcome(outcome) {
      if (outcome.state === 'done') stdout.write(`${outcome.plugin.id}\n`)
      writeLines(stderr, wordsOf(run).outcomeLines(outcome, run, { stdout, stderr }).stderr)
    },
    close() {},
  }
}
