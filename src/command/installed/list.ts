import type { Plugin } from '../../../machines/types.ts'
import type { Run } from '../commandEntry.ts'
import type { ListCommand } from '../entries/ls.ts'
import type { Output } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'
import { alignColumns } from '../table.ts'
import { parseTemplate, renderTemplate, type Template } from '../template.ts'
import { fitText, terminalStyle } from '../terminalStyle.ts'
import { visibleJson } from '../visible.ts'
import { compareNaturally } from './compareNaturally.ts'
import { onInstalled, untilAnswered } from './onInstalled.ts'

/** What a listing tells of a plugin, in the words of Docker's own command. */
interface ListedPlugin {
  Description: string
  Enabled: boolean
  ID: string
  Name: string
  PluginReference: string
}

const HEADER = {
  Description: 'DESCRIPTION',
  Enabled: 'ENABLED',
  ID: 'ID',
  Name: 'NAME',
  PluginReference: 'IMAGE',
}
const SHORT_ID = 12
const SHORT_DESCRIPTION = 45

/** `plugin-flow ls`: as `docker plugin ls`. */
export const list: Run<ListCommand> = (command, surroundings, outputs) => {
  const format = formatOf(command)
  return onInstalled(command, surroundings, outputs, async ({ pluginList }) => {
    const plugins = await pluginList(command.filters, untilAnswered)
    const listed = plugins
      .toSorted((one, other) => compareNaturally(one.Name, other.Name))
      .map((plugin) => toListed(plugin, command, ellipsisOf(outputs.stdout, surroundings)))
    outputs.stdout.write(
      format(listed)
        .map((line) => `${line}\n`)
        .join(''),
    )
  })
}

function toListed(plugin: Plugin, { noTrunc }: ListCommand, ellipsis: string): ListedPlugin {
  const description = plugin.Config.Description.replace(/[\r\n]/g, '')
  return {
    Description: noTrunc ? description : fitText(description, SHORT_DESCRIPTION, ellipsis),
    Enabled: plugin.Enabled,
    ID: noTrunc ? plugin.Id : plugin.Id.slice(0, SHORT_ID),
    Name: plugin.Name,
    PluginReference: plugin.PluginReference,
  }
}

/** Docker's own, but on a terminal that cannot show it. */
function ellipsisOf({ stream }: Output, { env }: Surroundings): string {
  return stream.isTTY ? terminalStyle(env).ellipsis : '…'
}

type Format = (plugins: readonly ListedPlugin[]) => string[]

function formatOf({ format, quiet }: ListCommand): Format {
  if (format === 'json') return (plugins) => plugins.map((plugin) => visibleJson(plugin))
  if (format === 'raw') return each(quiet ? RAW_QUIET : RAW)
  if (format === '' || format === 'table') {
    return quiet ? each('{{.ID}}') : table('{{.ID}}\t{{.Name}}\t{{.Description}}\t{{.Enabled}}')
  }
  const [, columns] = /^table\s+(.*)$/s.exec(format) ?? []
  return columns === undefined ? each(format) : table(columns)
}

const RAW_QUIET = 'plugin_id: {{.ID}}'
const RAW =
  'plugin_id: {{.ID}}\nname: {{.Name}}\ndescription: {{.Description}}\nenabled: {{.Enabled}}\n'

function each(format: string): Format {
  const template = parseTemplate(format)
  return (plugins) => plugins.map((plugin) => renderTemplate(template, plugin))
}

function table(format: string): Format {
  const template = parseTemplate(format)
  return (plugins) => alignColumns([header(template), ...plugins.map(row(template))])
}

function row(template: Template): (plugin: ListedPlugin) => string[] {
  return (plugin) => renderTemplate(template, plugin).split('\t')
}

function header(template: Template): string[] {
  const plain = template.map((part) => (typeof part === 'string' ? part : { ...part, json: false }))
  return renderTemplate(plain, HEADER).split('\t')
}
