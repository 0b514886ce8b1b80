import type { Plugin } from '../../../machines/plugin.ts'
import { compareNaturally } from '../../text/compareNaturally.ts'
import type { Run } from '../commandEntry.ts'
import type { ListCommand } from '../entries/ls.ts'
import { type Listing, listFormat } from '../listFormat.ts'
import type { Output } from '../output.ts'
import type { Surroundings } from '../surroundings.ts'
import { fitText, terminalStyle } from '../terminalStyle.ts'
import { onInstalled, untilAnswered } from './onInstalled.ts'

/** What a listing tells of a plugin, in the words of Docker's own command. */
interface ListedPlugin {
  Description: string
  Enabled: boolean
  ID: string
  Name: string
  PluginReference: string
}

const listing: Listing<ListedPlugin> = {
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

/** `plugin-flow ls`: as `docker plugin ls`. */
export const list: Run<ListCommand> = (command, surroundings, outputs) => {
  const format = listFormat(listing, command)
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
