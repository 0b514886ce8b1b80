import { defineCommand } from '../commandEntry.ts'
import { type EngineSelection, engineOptions, readEngineOptions } from '../engineOptions.ts'
import { UsageError } from '../usageError.ts'

/** `plugin-flow ui`, as it was asked for. */
export interface UiCommand extends EngineSelection {
  /** Show flows on a simulated engine in this process. */
  embedded: boolean
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
}

export const uiEntry = defineCommand({
  name: 'ui',
  synopsis: '',
  summary: 'Install plugins on a page in a browser, and watch the statechart run',
  options: {
    port: {
      type: 'string',
      value: 'PORT',
      help: 'Port on 127.0.0.1 to listen on (default: any free one)',
    },
    ...engineOptions,
    engine: {
      type: 'string',
      value: 'embedded',
      choices: ['embedded'],
      help: 'A simulated engine inside this command: nothing is downloaded, run or kept',
    },
  },
  examples: [
    { title: 'Try it without an engine:', line: 'plugin-flow ui --engine embedded' },
    { title: 'On the engine of this machine:', line: 'plugin-flow ui' },
  ],
  notes:
    'It prints an address with a token that is good for one visit; the page keeps a cookie from then on. Nobody but this machine can reach it. Ctrl-C cancels the installs that run, takes back what they did, and ends.',
  read({ values, positionals }): UiCommand {
    if (positionals.length > 0) throw new UsageError('ui takes no arguments')
    const { engine, port = '0' } = values
    if (engine !== undefined && engine !== 'embedded') {
      throw new UsageError(`--engine takes "embedded" only, and not "${engine}"`)
    }
    if (engine !== undefined && values.host !== undefined) {
      throw new UsageError('--engine and --host name two engines')
    }
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
      throw new UsageError(`--port takes a number up to 65535, and not "${port}"`)
    }
    return { ...readEngineOptions(values), embedded: engine !== undefined, port: Number(port) }
  },
  load: async () => (await import('../ui.ts')).ui,
})
