import { defined } from '../../../machines/defined.ts'
import { defineCommand } from '../defineCommand.ts'
import { embeddableOptions, readEmbeddableOptions } from '../options/engine.ts'
import { queueOption } from '../options/queue.ts'
import { givenOptions, readNoArguments } from '../options/values.ts'
import type { FlowPage, MachinePage } from '../page.ts'
import { UsageError } from '../parseOptions.ts'

export const uiCommand = defineCommand({
  name: 'ui',
  synopsis: '',
  summary: 'Manage plugins on a page in a browser, and watch installs and upgrades run',
  options: {
    port: {
      type: 'string',
      value: 'PORT',
      help: 'Port on 127.0.0.1 to listen on (default: any free one)',
    },
    machine: {
      type: 'string',
      value: 'FILE',
      completes: 'files',
      help: 'Show the statechart of any XState 5 machine, given as JSON (- for standard input), and talk to no engine',
    },
    live: {
      type: 'boolean',
      help: 'With --machine: light up the states of a running actor, which docker-plugin-flow/inspect reports',
    },
    open: { type: 'boolean', help: "Open the page in the system's browser" },
    ...queueOption,
    ...embeddableOptions,
  },
  examples: [
    { title: 'Try it without an engine:', line: 'plugin-flow ui --engine embedded' },
    { title: 'On the local engine, in the browser at once:', line: 'plugin-flow ui --open' },
    {
      title: 'With the rollouts of a queue, whose address is in the environment:',
      line: 'PLUGIN_FLOW_QUEUE=rediss://ann:PASSWORD@queue.example.com plugin-flow ui',
    },
    { title: 'Look at any XState machine:', line: 'plugin-flow ui --machine machine.json' },
  ],
  notes:
    'It prints an address with a token, to be opened in a browser as often as needed while the command runs; anyone who has it can install. Only this machine can reach it. Ctrl-C cancels what runs, takes back what it did, and ends. Of a rollout that it carries out, the targets at work are waited for, and plugin-flow rollout resume goes on with the others; the rollouts of a queue go on with its workers.',
  read({ values, positionals }): FlowPage | MachinePage {
    readNoArguments('ui', positionals)
    const { port = '0' } = values
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
      throw new UsageError(`--port takes a number up to 65535, and not "${port}"`)
    }
    const { machine, live = false, open = false } = values
    if (live && machine === undefined) {
      throw new UsageError('--live watches actors of a machine: add --machine FILE')
    }
    const { queue } = values
    if (machine === undefined) {
      const selection = readEmbeddableOptions(values)
      if (selection.embedded && queue !== undefined) {
        throw new UsageError('--engine embedded has no rollouts: leave out --queue')
      }
      return { ...selection, ...defined({ queue }), port: Number(port), open }
    }
    const [engine] = [
      ...givenOptions(queueOption, values),
      ...givenOptions(embeddableOptions, values),
    ]
    if (engine) throw new UsageError(`--machine uses no engine: leave out --${engine}`)
    return { machine, live, port: Number(port), open }
  },
  async run(page, io) {
    if ('machine' in page) return (await import('../page.ts')).showMachine(page, io)
    return (await import('../page.ts')).showFlows(page, io)
  },
})
