import { defineCommand } from '../commandEntry.ts'
import { UsageError } from '../usageError.ts'

const FORMATS = ['json', 'mermaid', 'scxml', 'svg'] as const

export type MachineFormat = (typeof FORMATS)[number]

export interface MachineCommand {
  format: MachineFormat
  /** The machine's id. */
  id: string
}

export const machineEntry = defineCommand({
  name: 'machine',
  synopsis: '[MACHINE]',
  summary: 'Print a statechart (default: pluginInstall, that of an install)',
  options: {
    format: {
      type: 'string',
      short: 'f',
      value: 'FORMAT',
      choices: FORMATS,
      help: 'json (the XState config), mermaid, scxml, or svg (default: json)',
    },
  },
  examples: [
    { title: 'A picture:', line: 'plugin-flow machine --format svg > install.svg' },
    { title: 'Its states:', line: "plugin-flow machine | jq '.states | keys'" },
  ],
  read({ values, positionals: [id = 'pluginInstall', ...others] }): MachineCommand {
    if (others.length > 0) throw new UsageError('machine takes one machine at most')
    const { format = 'json' } = values
    const known = FORMATS.find((each) => each === format)
    if (!known) throw new UsageError(`--format takes ${FORMATS.join(', ')}, and not "${format}"`)
    return { format: known, id }
  },
  load: async () => (await import('../machine.ts')).machine,
})
