import type { ViewOptions } from './lineView.ts'
import { outcomeLines } from './outcomeLines.ts'
import type { View } from './view.ts'

/** For scripts: the full id of what was installed, as `docker build --quiet` prints it, or why not. */
export function quietView({ install, stdout, stderr }: Omit<ViewOptions, 'now'>): View {
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
      for (const line of outcomeLines(outcome, install).stderr) stderr.write(`${line}\n`)
    },
    close() {},
  }
}
