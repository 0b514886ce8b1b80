import type { ConsentRequest } from '../../../machines/consent.ts'
import type { InstalledPlugin, InstallOutput } from '../../../machines/plugin-install/types.ts'
import type { Progress } from '../../../machines/progress.ts'
import { keyOf, textOf } from '../../../machines/settings.ts'
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
    warning(warning) {
      showWaiting()
      write('warning', warning)
    },
    outcome(outcome, exitCode) {
      showWaiting()
      write('outcome', { ...toOutcome(outcome, run), exitCode })
      writeLines(stderr, outcomeLines(outcome, run, { stdout, stderr }).stderr)
    },
    close() {},
  }
}

function toOutcome(outcome: InstallOutput, engine: EngineSelection) {
  if (outcome.state === 'done') return { ...outcome, plugin: withoutPluginValues(outcome.plugin) }
  const { rollback } = outcome
  if (!('command' in rollback)) return outcome
  return { ...outcome, rollback: { ...rollback, command: onEngine(rollback.command, engine) } }
}

function withoutPluginValues(plugin: InstalledPlugin) {
  const request = withoutValues(plugin.consent.request)
  return {
    ...plugin,
    settings: request.settings.map(({ setting }) => setting),
    consent: { ...plugin.consent, request },
  }
}

/** Removes the values of settings, where plugins take their secrets, except for those that need consent. */
export function withoutValues(request: ConsentRequest) {
  const settings = request.settings.map((setting) => ({
    setting: setting.widens ? textOf(setting) : keyOf(setting),
    ...(setting.secret && { secret: setting.secret }),
    widens: setting.widens,
  }))
  return { ...request, settings }
}
