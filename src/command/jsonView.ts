import type { InstalledPlugin, InstallOutput } from '../../machines/plugin-install/types.ts'
import type { Progress } from '../flow/progress.ts'
import { visibleJson } from '../text/visible.ts'
import type { EngineSelection } from './engineOptions.ts'
import type { ViewOptions } from './lineView.ts'
import { onEngine, outcomeLines } from './outcomeLines.ts'
import type { View } from './view.ts'
import { withoutValues } from './withoutValues.ts'

const PROGRESS_EVERY_MS = 100

/**
 * For programs: one JSON object a line, and nothing else on `stdout`.
 *
 * - `{"type":"transition","from"?,"to","event":{"type"},"at"}`
 * - `{"type":"progress","layers","current","total"?,"percent"?,"bytesPerSecond","secondsLeft"?}`, at
 *   most ten a second, and the newest before anything else is told
 * - `{"type":"retry","state","code","message","attempt","attempts","delay","at"}`: something failed, changed
 *   nothing, and is tried again after `delay` milliseconds
 * - `{"type":"consent","id","reference","name","digest"?,"privileges","settings"}`: somebody is asked
 * - `{"type":"credentials","registry","attempt","reason"}`: somebody is asked
 * - `{"type":"outcome","state":"done","plugin","exitCode"}` or
 *   `{"type":"outcome","state":"rolledBack","failure","rollback","exitCode"}`: the last line, always
 *
 * Values of settings are left out (they are where plugins take their secrets) but for those that are
 * consented to.
 */
export function jsonView({ install, stdout, stderr, now }: ViewOptions): View {
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
      write('outcome', { ...toldOutcome(outcome, install), exitCode })
      for (const line of outcomeLines(outcome, install).stderr) stderr.write(`${line}\n`)
    },
    close() {},
  }
}

function toldOutcome(outcome: InstallOutput, engine: EngineSelection): InstallOutput {
  if (outcome.state === 'done') return { ...outcome, plugin: toldPlugin(outcome.plugin) }
  const { rollback } = outcome
  if (!('command' in rollback)) return outcome
  return { ...outcome, rollback: { ...rollback, command: onEngine(rollback.command, engine) } }
}

function toldPlugin(plugin: InstalledPlugin): InstalledPlugin {
  const request = withoutValues(plugin.consent.request)
  return {
    ...plugin,
    settings: request.settings.map(({ setting }) => setting),
    consent: { ...plugin.consent, request },
  }
}
