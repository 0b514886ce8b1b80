import { defineCommand } from '../commandEntry.ts'
import { type EngineSelection, engineOptions, readEngineOptions } from '../engineOptions.ts'
import { readNames } from '../readNames.ts'

/** `plugin-flow inspect`, as it was asked for. */
export interface InspectCommand extends EngineSelection {
  names: readonly string[]
  /** Empty for the default. */
  format: string
}

export const inspectEntry = defineCommand({
  name: 'inspect',
  synopsis: 'PLUGIN [PLUGIN...]',
  arguments: 'plugins',
  summary: 'Print everything the engine tells of plugins, as a JSON array',
  options: {
    format: {
      type: 'string',
      short: 'f',
      value: 'FORMAT',
      choices: ['json'],
      help: 'json (on one line), or a template of {{.Field}} and {{json .Field}}',
    },
    ...engineOptions,
  },
  examples: [
    { title: 'Everything:', line: 'plugin-flow inspect vieux/sshfs' },
    {
      title: 'What is it set to?',
      line: "plugin-flow inspect --format '{{json .Settings}}' vieux/sshfs",
    },
  ],
  read({ values, positionals }): InspectCommand {
    return {
      ...readEngineOptions(values),
      names: readNames('inspect', positionals),
      format: values.format ?? '',
    }
  },
  load: async () => (await import('../installed/inspect.ts')).inspect,
})
