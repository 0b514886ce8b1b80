import { defineCommand, UsageError } from '../defineCommand.ts'
import { readNoArguments } from '../options/values.ts'

const FORMATS = ['json', 'mermaid', 'scxml', 'svg'] as const

export const machineCommand = defineCommand({
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
  read({ values, positionals }): (typeof FORMATS)[number] {
    readNoArguments('machine', positionals)
    const { format = 'json' } = values
    const known = FORMATS.find((each) => each === format)
    if (!known) throw new UsageError(`--format takes ${FORMATS.join(', ')}, and not "${format}"`)
    return known
  },
  async run(format, { stdout }) {
    const { pluginInstallMachine } = await import(
      '../../../machines/plugin-install/pluginInstallMachine.ts'
    )
    switch (format) {
      case 'json':
        // Only the chart: functions such as its context have no JSON.
        stdout.write(`${JSON.stringify(pluginInstallMachine.config, null, 2)}\n`)
        break
      case 'mermaid':
        stdout.write((await import('../../chart/chart.ts')).toMermaid(pluginInstallMachine))
        break
      case 'scxml':
        stdout.write((await import('../../chart/toScxml.ts')).toScxml(pluginInstallMachine))
        break
      case 'svg': {
        const { pluginInstallLayout } = await import('../../chart/layout.generated.ts')
        stdout.write((await import('../../chart/toSvg.ts')).toSvg(pluginInstallLayout))
      }
    }
    return 0
  },
})
