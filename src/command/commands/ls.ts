import type { Plugin } from '../../../machines/plugin.ts'
import { defineCommand } from '../defineCommand.ts'
import type { Listing } from '../listing.ts'
import { untilAnswered, withEngine } from '../openEngine.ts'
import { engineOptions, readEngineOptions } from '../options/engine.ts'
import { readNoArguments } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'
import { writeLines } from '../processIo.ts'

const FILTERS = [
  'enabled=true',
  'enabled=false',
  'capability=volumedriver',
  'capability=networkdriver',
  'capability=ipamdriver',
  'capability=logdriver',
  'capability=authz',
]

export const lsCommand = defineCommand({
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
      choices: FILTERS,
      help: 'Only plugins that are enabled=true or enabled=false, or of a kind: capability=volumedriver',
    },
    format: {
      type: 'string',
      value: 'FORMAT',
      choices: ['table', 'json', 'raw'],
      help: "table, json (one object per line), raw, or a template of {{.ID}}, {{.Name}}, {{.Description}}, {{.Enabled}} and {{.PluginReference}}; 'table TEMPLATE' has headers",
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
  read({ values, positionals }) {
    readNoArguments('ls', positionals)
    return {
      ...readEngineOptions(values),
      quiet: values.quiet ?? false,
      noTrunc: values['no-trunc'] ?? false,
      format: values.format ?? '',
      filters: readFilters(values.filter ?? []),
    }
  },
  async run(command, io) {
    const { compareNaturally, listFormat, shorten } = await import('../listing.ts')
    const format = listFormat(listing, command)
    const describe = (text: string) =>
      command.noTrunc ? text : shorten(text, SHORT_DESCRIPTION, io)
    return withEngine(command, io, async (engine) => {
      const { filters } = command
      const found = await engine.call('pluginList', { filters }, untilAnswered)
      const rows = found
        .toSorted((one, other) => compareNaturally(one.Name, other.Name))
        .map((plugin) => toRow(plugin, command.noTrunc, describe))
      writeLines(io.stdout, format(rows))
    })
  },
})

/** A row in the words of Docker's own command. */
interface PluginRow {
  Description: string
  Enabled: boolean
  ID: string
  Name: string
  PluginReference: string
}

const listing: Listing<PluginRow> = {
  header: {
    Description: 'DESCRIPTION',
    Enabled: 'ENABLED',
    ID: 'ID',
    Name: 'NAME',
    PluginReference: 'IMAGE',
  },
  columns: '{{.ID}}\t{{.Name}}\t{{.Description}}\t{{.Enabled}}',
  quiet: '{{.ID}}',
  raw: {
    whole:
      'plugin_id: {{.ID}}\nname: {{.Name}}\ndescription: {{.Description}}\nenabled: {{.Enabled}}\n',
    quiet: 'plugin_id: {{.ID}}',
  },
}
const SHORT_ID = 12
const SHORT_DESCRIPTION = 45

function toRow(plugin: Plugin, isWhole: boolean, describe: (text: string) => string): PluginRow {
  return {
    Description: describe(plugin.Config.Description.replace(/[\r\n]/g, '')),
    Enabled: plugin.Enabled,
    ID: isWhole ? plugin.Id : plugin.Id.slice(0, SHORT_ID),
    Name: plugin.Name,
    PluginReference: plugin.PluginReference,
  }
}

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
