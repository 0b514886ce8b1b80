import { defineCommand } from '../defineCommand.ts'
import { UsageError } from '../parseOptions.ts'

/** By their ids in kebab case, as options are written; a test compares them with the machines. */
const MACHINES = ['plugin-install', 'plugin-upgrade', 'rollout'] as const
const FORMATS = ['json', 'mermaid', 'scxml', 'svg'] as const

export const machineCommand = defineCommand({
  name: 'machine',
  synopsis: '[MACHINE]',
  arguments: MACHINES,
  summary: 'Print a statechart: plugin-install (default), plugin-upgrade or rollout',
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
    {
      title: 'That of an upgrade, as text:',
      line: 'plugin-flow machine plugin-upgrade --format mermaid',
    },
    { title: 'Its states:', line: "plugin-flow machine | jq '.states | keys'" },
  ],
  read({ values, positionals: [name = MACHINES[0], ...others] }) {
    if (others.length > 0) throw new UsageError('machine takes one machine at most')
    const { format = 'json' } = values
    const known = FORMATS.find((each) => each === format)
    if (!known) throw new UsageError(`--format takes ${FORMATS.join(', ')}, and not "${format}"`)
    const id = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
    return { format: known, name, id }
  },
  async run({ format, name, id }, { stdout }) {
    const { machines } = await import('../../chart/machines.ts')
    const machine = machines.get(id)
    if (!machine) {
      throw new UsageError(`there is no machine "${name}", only ${MACHINES.join(', ')}`)
    }
    switch (format) {
      case 'json':
        // The config holds no code, such as how the context is computed.
        stdout.write(`${JSON.stringify(machine.config, null, 2)}\n`)
        break
      case 'mermaid':
        stdout.write((await import('../../chart/chart.ts')).toMermaid(machine))
        break
      case 'scxml':
        stdout.write((await import('../../chart/toScxml.ts')).toScxml(machine))
        break
      case 'svg': {
        const { allLayouts } = await import('../../chart/allLayouts.generated.ts')
        const layout = allLayouts.get(id)
        if (!layout) throw new Error(`the machine ${id} has no layout: npm run layout`)
        stdout.write((await import('../../chart/drawChart.ts')).toSvg(layout))
      }
    }
    return 0
  },
})
