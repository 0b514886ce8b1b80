import { defineCommand } from '../commandEntry.ts'
import { type EngineSelection, engineOptions, readEngineOptions } from '../engineOptions.ts'
import { readNames } from '../readNames.ts'

/** `plugin-flow rm`, as it was asked for. */
export interface RemoveCommand extends EngineSelection {
  names: readonly string[]
  force: boolean
}

export const rmEntry = defineCommand({
  name: 'rm',
  aliases: ['remove'],
  synopsis: 'PLUGIN [PLUGIN...]',
  arguments: 'plugins',
  summary: 'Remove plugins',
  options: {
    force: { type: 'boolean', short: 'f', help: 'Remove one that is enabled or in use as well' },
    ...engineOptions,
  },
  examples: [
    { title: 'Remove two plugins that are disabled:', line: 'plugin-flow rm sshfs acme/plain' },
    { title: 'Remove one that is enabled:', line: 'plugin-flow rm --force sshfs' },
  ],
  read({ values, positionals }): RemoveCommand {
    return {
      ...readEngineOptions(values),
      names: readNames('rm', positionals),
      force: values.force ?? false,
    }
  },
  load: async () => (await import('../installed/change.ts')).remove,
})
