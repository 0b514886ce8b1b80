import { visibleJson } from '../../text/visible.ts'
import type { Run } from '../commandEntry.ts'
import type { InspectCommand } from '../entries/inspect.ts'
import { parseTemplate, renderTemplate } from '../template.ts'
import { onEachInstalled, untilAnswered } from './onInstalled.ts'

/** `plugin-flow inspect`: as `docker plugin inspect`, every field as the engine gives it. */
export const inspect: Run<InspectCommand> = async (command, surroundings, outputs) => {
  const { format } = command
  const template = format === '' || format === 'json' ? undefined : parseTemplate(format)
  const found: unknown[] = []
  const code = await onEachInstalled(command, surroundings, outputs, async (plugins, name) => {
    found.push(await plugins.pluginInspect(name, untilAnswered))
  })
  const lines = template
    ? found.map((plugin) => renderTemplate(template, plugin))
    : [visibleJson(found, format === 'json' ? 0 : 4)]
  outputs.stdout.write(lines.map((line) => `${line}\n`).join(''))
  return code
}
