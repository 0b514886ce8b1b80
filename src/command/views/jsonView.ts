import type { Progress } from '../../../machines/progress.ts'
import { visibleJson } from '../../text/visible.ts'
import { writeLines } from '../processIo.ts'
import type { View, ViewOptions } from './view.ts'
import { wordsOf } from './words.ts'

const PROGRESS_EVERY_MS = 100

/**
 * For programs: one JSON object per line on `stdout`, and nothing else. Its types and fields are those of
 * docs/command.schema.json. Progress is shown at most ten times a second, and the newest before any other line.
 */
export function jsonView({ run, stdout, stderr, now }: ViewOptions): View {
  const words = wordsOf(run)
  let waiting: Progress | undefined
  let shownAt = Number.NEGATIVE_INFINITY
  const write = (type: string, value: object) => {
    stdout.write(`${visibleJson({ type, ...value })}\n`)
  }
  const showWaiting = () => {
    if (!waiting) return
    write('progress', waiting)
    waiting = undefined
    shownAt = now()
  }
  return {
    transition(transition) {
      showWaiting()
      write('transition', transition)
    },
    progress(progress) {
      waiting = progress
      if (now() - shownAt >= PROGRESS_EVERY_MS) showWaiting()
    },
    retry(retry) {
      showWaiting()
      write('retry', retry)
    },
    queued(queued) {
      showWaiting()
      write('queued', queued)
    },
    asking(request) {
      showWaiting()
      if ('registry' in request) write('credentials', request)
      else write('consent', words.requestJson(request))
    },
    notice(line) {
      stderr.write(`${line}\n`)
    },
    warning(warning) {
      showWaiting()
      write('warning', warning)
    },
    outcome(outcome, exitCode) {
      showWaiting()
      write('outcome', { ...words.outcomeJson(outcome, run), exitCode })
      writeLines(stderr, words.outcomeLines(outcome, run, { stdout, stderr }).stderr)
    },
    close() {},
  }
}
