import { defineCommand } from '../commandEntry.ts'
import { type EngineSelection, engineOptions, readEngineOptions } from '../engineOptions.ts'
import { readName } from '../readNames.ts'
import { readSeconds } from '../readSeconds.ts'

/** `plugin-flow enable`, as it was asked for. */
export interface EnableCommand extends EngineSelection {
  name: string
  /** In whole seconds. */
  timeout: number
}

export const enableEntry = defineCommand({
  name: 'enable',
  synopsis: 'PLUGIN',
  arguments: 'disabled plugins',
  summary: 'Enable a plugin that is disabled',
  options: {
    timeout: {
      type: 'string',
      value: 'SECONDS',
      help: 'How long the engine is told to wait for the plugin (default: 30)',
    },
    ...engineOptions,
  },
  examples: [{ title: 'Start it again:', line: 'plugin-flow enable vieux/sshfs' }],
  read({ values, positionals }): EnableCommand {
    return {
      ...readEngineOptions(values),
      name: readName('enable', positionals),
      timeout: readSeconds('--timeout', values.timeout ?? '30'),
    }
  },
  load: async () => (await import('../installed/change.ts')).enable,
})
