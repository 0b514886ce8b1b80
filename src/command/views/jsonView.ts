import type {
  ConsentRequest,
  InstalledPlugin,
  InstallOutput,
} from '../../../machines/plugin-install/types.ts'
import { keyOf } from '../../../machines/settings.ts'
import type { Progress } from '../../flow/progress.ts'
import { visibleJson } from '../../text/visible.ts'
import { onEngine, outcomeLines } from '../install/outcome.ts'
import type { EngineSelection } from '../options/engine.ts'
import { writeLines } from '../processIo.ts'
import type { View, ViewOptions } from './view.ts'

const PROGRESS_EVERY_MS = 100

/**
 * For programs: one JSON object per line on `stdout`, and nothing else. Its types and fields are those of
 * docs/command.schema.json. Progress is shown at most ten times a second, and the newest before any other line.
 */
export function jsonView({ run, stdout, stderr, now }: ViewOptions): View {
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
    asking(request) {
      showWaiting()
      if ('registry' in request) write('credentials', request)
      else write('consent', withoutValues(request))
    },
    notice(line) {
      stderr.write(`${line}\n`)
    },
    outcome(outcome, exitCode) {
      showWaiting()
      write('outcome', { ...toOutcome(outcome, run), exitCode })
      writeLines(stderr, outcomeLines(outcome, run).stderr)
    },
    close() {},
  }
}

function toOutcome(outcome: InstallOutput, engine: EngineSelection): InstallOutput {
  if (outcome.state === 'done') return { ...outcome, plugin: withoutPluginValues(outcome.plugin) }
  const { rollback } = outcome
  if (!('command' in rollback)) return outcome
  return { ...outcome, rollback: { ...rollback, command: onEngine(rollback.command, engine) } }
}

function withoutPluginValues(plugin: InstalledPlugin): InstalledPlugin {
  const request = withoutValues(plugin.consent.request)
  return {
    ...plugin,
    settings: request.settings.map(({ setting }) => setting),
    consent: { ...plugin.consent, request },
  }
}

/** Removes the values of settings, where plugins take their secrets, except for those that need consent. */
export function withoutValues(request: ConsentRequest): ConsentRequest {
  const settings = request.settings.map(({ setting, ...about }) => ({
    setting: about.widens ? setting : keyOf(setting),
    ...about,
  }))
  return { ...request, settings }
}
