import { EngineError } from '../../../machines/errors.ts'
import { visibleJson } from '../../text/visible.ts'
import { defineCommand } from '../defineCommand.ts'
import { forEachName, untilAnswered } from '../openEngine.ts'
import { engineOptions, readEngineOptions } from '../options/engine.ts'
import { readNames } from '../options/values.ts'
import { writeLines } from '../processIo.ts'

export const inspectCommand = defineCommand({
  name: 'inspect',
  synopsis: 'PLUGIN [PLUGIN...]',
  arguments: 'plugins',
  summary: 'Print everything the engine knows about plugins, as a JSON array',
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
      title: 'Its settings:',
      line: "plugin-flow inspect --format '{{json .Settings}}' vieux/sshfs",
    },
  ],
  read: ({ values, positionals }) => ({
    ...readEngineOptions(values),
    names: readNames('inspect', positionals),
    format: values.format ?? '',
  }),
  async run(command, io) {
    const { format } = command
    const { parseTemplate, renderTemplate } = await import('../listing.ts')
    const template = format === '' || format === 'json' ? undefined : parseTemplate(format)
    const found: unknown[] = []
    const code = await forEachName(command, io, async (engine, name) => {
      const plugin = await engine.call('pluginInspect', { name }, untilAnswered)
      if (!plugin) throw new EngineError('not-found', `the engine has no plugin ${name}`)
      found.push(plugin)
    })
    const lines = template
      ? found.map((plugin) => renderTemplate(template, plugin))
      : [visibleJson(found, format === 'json' ? 0 : 4)]
    writeLines(io.stdout, lines)
    return code
  },
})
