import { formatProgress } from '../text/formatAmount.ts'
import { describeRetry } from './describeRetry.ts'
import { describeState, stateName } from './describeState.ts'
import type { InstallCommand } from './entries/install.ts'
import { outcomeLines } from './outcomeLines.ts'
import type { Output } from './output.ts'
import type { View } from './view.ts'

const PROGRESS_EVERY_MS = 1_000

export interface ViewOptions {
  install: InstallCommand
  stdout: Output
  stderr: Output
  /** Milliseconds. */
  now: () => number
}

/** For a pipe or a log: a line a state, and at most one line of progress a second. */
export function lineView({ install, stdout, stderr, now }: ViewOptions): View {
  let state = ''
  let shownAt = 0
  return {
    transition({ to }) {
      state = stateName(to)
      shownAt = now()
      const text = describeState(to, install)
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
    outcome(outcome) {
      const lines = outcomeLines(outcome, install)
      for (const line of lines.stdout) stdout.write(`${line}\n`)
      for (const line of lines.stderr) stderr.write(`${line}\n`)
    },
    close() {},
  }
}
