import { defineCommand } from '../commandEntry.ts'
import { UsageError } from '../usageError.ts'

const FORMATS = ['json', 'mermaid', 'scxml', 'svg'] as const

export type MachineFormat = (typeof FORMATS)[number]

export const machineEntry = defineCommand({
  name: 'machine',
  synopsis: '',
  summary: 'Print the statechart of an install',
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
  read({ values, positionals }): MachineFormat {
    if (positionals.length > 0) throw new UsageError('machine takes no arguments')
    const { format = 'json' } = values
    const known = FORMATS.find((each) => each === format)
    if (!known) throw new UsageError(`--format takes ${FORMATS.join(', ')}, and not "${format}"`)
    return known
  },
  load: async () => (await import('../machine.ts')).machine,
})
