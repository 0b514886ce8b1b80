import { isEngineError } from '../../../machines/errors.ts'
import { defineCommand } from '../defineCommand.ts'
import type { Listing } from '../listing.ts'
import { readNoArguments } from '../options/values.ts'
import { report, writeLines } from '../processIo.ts'

export const contextLsCommand = defineCommand({
  name: 'context ls',
  aliases: ['context list'],
  synopsis: '',
  summary: 'List the Docker contexts, and show which engine is in use',
  options: {
    quiet: { type: 'boolean', short: 'q', help: 'Only the names' },
    format: {
      type: 'string',
      value: 'FORMAT',
      choices: ['table', 'json'],
      help: "table, json (one object per line), or a template of {{.Name}}, {{.Description}}, {{.DockerEndpoint}}, {{.Current}} and {{.Error}}; 'table TEMPLATE' has headers",
    },
  },
  examples: [
    { title: 'Which engine would an install use?', line: 'plugin-flow context ls' },
    {
      title: 'Its address alone:',
      line: `plugin-flow context ls --format json | jq -r 'select(.Current).DockerEndpoint'`,
    },
  ],
  notes:
    'A star marks the one in use. DOCKER_HOST takes precedence over DOCKER_CONTEXT, and that over the choice of docker context use; a line on stderr says which of them decides. Use docker context to create and choose contexts.',
  read({ values, positionals }) {
    readNoArguments('context ls', positionals)
    return { quiet: values.quiet ?? false, format: values.format ?? '' }
  },
  async run(command, io) {
    const { listSelectable } = await import('../../../adapters/docker/selectEngine.ts')
    const { compareNaturally, listFormat } = await import('../listing.ts')
    const format = listFormat(listing, command)
    const isTable = !command.quiet && ['', 'table'].includes(command.format)
    try {
      const { contexts, inForce } = listSelectable(io.env, ({ message }) =>
        report(io, `warning: ${message}`),
      )
      const rows = contexts
        .map(({ name, description, host, error }): ContextRow => {
          const Current = name === inForce.context
          const Name = isTable && Current ? `${name} *` : name
          return { Current, Description: description, DockerEndpoint: host, Error: error, Name }
        })
        .toSorted((one, other) => compareNaturally(one.Name, other.Name))
      const lines = format(rows)
      writeLines(io.stdout, isTable ? lines.map((line) => line.trimEnd()) : lines)
      if (isTable && inForce.by.startsWith('DOCKER_')) {
        report(io, `${inForce.by} decides which engine is used`)
      }
      return 0
    } catch (error) {
      if (!isEngineError(error)) throw error
      report(io, error.message)
      return 1
    }
  },
})

/** A row in the words of Docker's own command. */
interface ContextRow {
  Current: boolean
  Description: string
  DockerEndpoint: string
  Error: string
  Name: string
}

const listing: Listing<ContextRow> = {
  header: {
    Current: 'CURRENT',
    Description: 'DESCRIPTION',
    DockerEndpoint: 'DOCKER ENDPOINT',
    Error: 'ERROR',
    Name: 'NAME',
  },
  columns: '{{.Name}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}',
  quiet: '{{.Name}}',
}
