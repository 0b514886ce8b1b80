import { defineCommand } from '../commandEntry.ts'
import { type EngineSelection, engineOptions, readEngineOptions } from '../engineOptions.ts'
import { UsageError } from '../usageError.ts'

/** `plugin-flow ls`, as it was asked for. */
export interface ListCommand extends EngineSelection {
  quiet: boolean
  noTrunc: boolean
  /** Empty for the default. */
  format: string
  filters: Readonly<Record<string, readonly string[]>>
}

export const lsEntry = defineCommand({
  name: 'ls',
  aliases: ['list'],
  synopsis: '',
  summary: 'List the plugins on an engine',
  options: {
    quiet: { type: 'boolean', short: 'q', help: 'Only the ids' },
    'no-trunc': { type: 'boolean', help: 'Whole ids and descriptions' },
    filter: {
      type: 'string',
      short: 'f',
      multiple: true,
      value: 'NAME=VALUE',
      choices: [
        'enabled=true',
        'enabled=false',
        'capability=volumedriver',
        'capability=networkdriver',
        'capability=ipamdriver',
        'capability=logdriver',
        'capability=authz',
      ],
      help: 'Only plugins that are enabled=true or enabled=false, or of a kind: capability=volumedriver',
    },
    format: {
      type: 'string',
      value: 'FORMAT',
      choices: ['table', 'json', 'raw'],
      help: "table, json (one object a line), raw, or a template of {{.ID}}, {{.Name}}, {{.Description}}, {{.Enabled}} and {{.PluginReference}}; 'table TEMPLATE' has headers",
    },
    ...engineOptions,
  },
  examples: [
    { title: 'What is installed?', line: 'plugin-flow ls' },
    {
      title: 'The names of those that are disabled:',
      line: "plugin-flow ls --filter enabled=false --format '{{.Name}}'",
    },
  ],
  read({ values, positionals }): ListCommand {
    if (positionals.length > 0) throw new UsageError('ls takes no arguments')
    return {
      ...readEngineOptions(values),
      quiet: values.quiet ?? false,
      noTrunc: values['no-trunc'] ?? false,
      format: values.format ?? '',
      filters: readFilters(values.filter ?? []),
    }
  },
  load: async () => (await import('../installed/list.ts')).list,
})

/** Names in lower case and without blanks around them, as Docker's own command reads them. */
function readFilters(texts: readonly string[]): Record<string, string[]> {
  const filters: Record<string, string[]> = {}
  for (const text of texts) {
    if (text === '') continue
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(text) ?? []
    if (name === undefined || value === undefined) {
      throw new UsageError(`--filter takes NAME=VALUE, and not "${text}"`)
    }
    const key = name.trim().toLowerCase()
    filters[key] = [...(filters[key] ?? []), value.trim()]
  }
  return filters
}
