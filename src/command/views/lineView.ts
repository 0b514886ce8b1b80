import type { InstallOutput } from '../../../machines/plugin-install/types.ts'
import { formatProgress } from '../../text/formatAmount.ts'
import { outcomeLines } from '../install/outcome.ts'
import { writeLines } from '../processIo.ts'
import { describeRetry, describeState, stateName, type View, type ViewOptions } from './view.ts'

const PROGRESS_EVERY_MS = 1_000

/** For a pipe or a log: a line per state, and at most one line of progress per second. */
export function lineView(options: ViewOptions): View {
  const { run, stdout, stderr, now } = options
  let state = ''
  let shownAt = 0
  return {
    transition({ to }) {
      state = stateName(to)
      shownAt = now()
      const text = describeState(to, run)
      if (text !== '') stdout.write(`${state}: ${text}\n`)
    },
    progress(progress) {
      if (state !== 'pulling' || progress.layers.length === 0) return
      if (now() - shownAt < PROGRESS_EVERY_MS) return
      shownAt = now()
      stdout.write(`${state}: ${formatProgress(progress)}\n`)
    },
    retry(retry) {
      shownAt = now()
      stdout.write(`${retry.state}: ${describeRetry(retry)}\n`)
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
    asking() {},
    notice(line) {
      stderr.write(`${line}\n`)
    },
    outcome(outcome) {
      if (outcome.state === 'done') stdout.write(`${outcome.plugin.id}\n`)
      writeLines(stderr, outcomeLines(outcome, run).stderr)
    },
    close() {},
  }
}

/** Writes how a run ended, for a person. */
export function writeOutcome(
  outcome: InstallOutput,
  { run, stdout, stderr }: Omit<ViewOptions, 'now'>,
): void {
  const lines = outcomeLines(outcome, run)
  writeLines(stdout, lines.stdout)
  writeLines(stderr, lines.stderr)
}
