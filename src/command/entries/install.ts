import { defineCommand } from '../commandEntry.ts'
import { type EngineSelection, engineOptions, readEngineOptions } from '../engineOptions.ts'
import { UsageError } from '../usageError.ts'

/** `plugin-flow install`, as it was asked for. */
export interface InstallCommand extends EngineSelection {
  reference: string
  /** `KEY=VALUE` each, in their order. */
  settings: readonly string[]
  alias?: string
  disabled: boolean
  grantAllPermissions: boolean
  /** Install on a simulated engine in this process. */
  embedded: boolean
  keepOnFailure: boolean
  /** In whole seconds. */
  enableTimeout: number
  json: boolean
}

export const installEntry = defineCommand({
  name: 'install',
  synopsis: 'PLUGIN [KEY=VALUE...]',
  summary: 'Install a plugin, and take it back when a step fails',
  options: {
    alias: { type: 'string', value: 'NAME', help: 'Local name of the plugin' },
    disable: { type: 'boolean', help: 'Install the plugin without enabling it' },
    'grant-all-permissions': {
      type: 'boolean',
      help: 'Grant every permission the plugin asks for, unseen',
    },
    ...engineOptions,
    engine: {
      type: 'string',
      value: 'embedded',
      choices: ['embedded'],
      help: 'Install on a simulated engine inside this command: nothing is downloaded, run or kept',
    },
    'keep-on-failure': {
      type: 'boolean',
      help: 'Leave what was installed in place when a later step fails',
    },
    'enable-timeout': {
      type: 'string',
      value: 'SECONDS',
      help: "How long the engine is told to wait for the plugin (default: the engine's own)",
    },
    json: {
      type: 'boolean',
      help: 'One JSON object a line on stdout: every transition, the progress, what is asked, and the outcome',
    },
  },
  examples: [
    {
      title: 'Install a plugin, asking whether it may have what it wants:',
      line: 'plugin-flow install vieux/sshfs DEBUG=1',
    },
    {
      title: 'Unattended, under another name, and left disabled:',
      line: 'plugin-flow install --grant-all-permissions --alias sshfs --disable vieux/sshfs',
    },
    {
      title: 'Try it without an engine:',
      line: 'plugin-flow install --engine embedded vieux/sshfs',
    },
    {
      title: 'In a script: why did it fail?',
      line: `plugin-flow install --json --grant-all-permissions vieux/sshfs |
  jq -r 'select(.type == "outcome").failure.code'`,
    },
  ],
  notes: `The first Ctrl-C cancels and takes back what was done; a second one leaves at once and says what is left. Exit status: 0 installed, 1 failed and taken back, 2 wrong usage, 130 or 143 cancelled by SIGINT or SIGTERM.`,
  read({ values, positionals }): InstallCommand {
    const [reference, ...settings] = positionals
    if (reference === undefined) throw new UsageError('install needs a PLUGIN')
    const { alias, engine } = values
    if (engine !== undefined && engine !== 'embedded') {
      throw new UsageError(`--engine takes "embedded" only, and not "${engine}"`)
    }
    if (engine !== undefined && values.host !== undefined) {
      throw new UsageError('--engine and --host name two engines')
    }
    return {
      reference,
      settings,
      ...(alias === undefined ? {} : { alias }),
      disabled: values.disable ?? false,
      grantAllPermissions: values['grant-all-permissions'] ?? false,
      ...readEngineOptions(values),
      embedded: engine === 'embedded',
      keepOnFailure: values['keep-on-failure'] ?? false,
      enableTimeout: readSeconds(values['enable-timeout']),
      json: values.json ?? false,
    }
  },
  load: async () => (await import('../install.ts')).install,
})

/** An hour: longer than any plugin takes, and what a typing error exceeds. */
const MOST_SECONDS = 3_600

function readSeconds(text = '0'): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= MOST_SECONDS) return Number(text)
  throw new UsageError(
    `--enable-timeout takes whole seconds up to ${MOST_SECONDS}, and not "${text}"`,
  )
}
