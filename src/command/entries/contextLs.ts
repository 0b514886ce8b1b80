import { defineCommand } from '../commandEntry.ts'
import { UsageError } from '../usageError.ts'

/** `plugin-flow context ls`, as it was asked for. */
export interface ContextListCommand {
  quiet: boolean
  /** Empty for the default. */
  format: string
}

export const contextLsEntry = defineCommand({
  name: 'context ls',
  aliases: ['context list'],
  synopsis: '',
  summary: 'List the Docker contexts, and which engine is in force',
  options: {
    quiet: { type: 'boolean', short: 'q', help: 'Only the names' },
    format: {
      type: 'string',
      value: 'FORMAT',
      choices: ['table', 'json'],
      help: "table, json (one object a line), or a template of {{.Name}}, {{.Description}}, {{.DockerEndpoint}}, {{.Current}} and {{.Error}}; 'table TEMPLATE' has headers",
    },
  },
  examples: [
    { title: 'Which engine would an install go to?', line: 'plugin-flow context ls' },
    {
      title: 'Its address alone:',
      line: `plugin-flow context ls --format json | jq -r 'select(.Current).DockerEndpoint'`,
    },
  ],
  notes:
    'The one in force has a star. DOCKER_HOST goes before DOCKER_CONTEXT, and that before what docker context use has chosen; a line on stderr says which of them decides. Contexts are made and chosen by Docker’s own command.',
  read({ values, positionals }): ContextListCommand {
    if (positionals.length > 0) throw new UsageError('context ls takes no arguments')
    return { quiet: values.quiet ?? false, format: values.format ?? '' }
  },
  load: async () => (await import('../contexts/list.ts')).list,
})
