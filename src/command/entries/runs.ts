import { defineCommand } from '../commandEntry.ts'
import { UsageError } from '../usageError.ts'

/** `plugin-flow runs`, as it was asked for. */
export interface RunsCommand {
  json: boolean
}

export const runsEntry = defineCommand({
  name: 'runs',
  synopsis: '',
  summary: 'List the installs that were begun and have not ended well',
  options: { json: { type: 'boolean', help: 'One JSON object a line' } },
  examples: [{ title: 'Did an install die on this machine?', line: 'plugin-flow runs' }],
  notes:
    'Every install is written down before each step that changes the engine, in $XDG_STATE_HOME/plugin-flow (else ~/.local/state/plugin-flow), and forgotten when it has ended with nothing left behind. No credentials are in it; the values of settings are, but for those of --set-secret.',
  read({ values, positionals }): RunsCommand {
    if (positionals.length > 0) throw new UsageError('runs takes no arguments')
    return { json: values.json ?? false }
  },
  load: async () => (await import('../runs/list.ts')).list,
})
