import { defineCommand } from '../commandEntry.ts'
import { type EngineSelection, engineOptions, readEngineOptions } from '../engineOptions.ts'
import { readName } from '../readNames.ts'

/** `plugin-flow disable`, as it was asked for. */
export interface DisableCommand extends EngineSelection {
  name: string
  force: boolean
}

export const disableEntry = defineCommand({
  name: 'disable',
  synopsis: 'PLUGIN',
  arguments: 'enabled plugins',
  summary: 'Disable a plugin that is enabled',
  options: {
    force: { type: 'boolean', short: 'f', help: 'Disable one that is in use as well' },
    ...engineOptions,
  },
  examples: [{ title: 'Stop it, to change a setting:', line: 'plugin-flow disable vieux/sshfs' }],
  read({ values, positionals }): DisableCommand {
    return {
      ...readEngineOptions(values),
      name: readName('disable', positionals),
      force: values.force ?? false,
    }
  },
  load: async () => (await import('../installed/change.ts')).disable,
})
