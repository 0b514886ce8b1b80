import { defineCommand } from '../commandEntry.ts'
import { type EngineSelection, engineOptions, readEngineOptions } from '../engineOptions.ts'
import { readSecretOptions, type SecretSelection, secretOptions } from '../secretOptions.ts'
import { UsageError } from '../usageError.ts'

/** `plugin-flow set`, as it was asked for. */
export interface SetCommand extends EngineSelection, SecretSelection {
  name: string
  /** `KEY=VALUE` each, in their order. */
  settings: readonly string[]
}

export const setEntry = defineCommand({
  name: 'set',
  synopsis: 'PLUGIN [KEY=VALUE...]',
  arguments: 'disabled plugins',
  summary: 'Change settings of a plugin that is disabled',
  options: { ...secretOptions, ...engineOptions },
  examples: [
    {
      title: 'Change two settings:',
      line: 'plugin-flow set vieux/sshfs DEBUG=1 state.source=/data',
    },
    {
      title: 'Change one that nobody may see:',
      line: 'plugin-flow set --set-secret PASSWORD=@password.txt acme/volumes',
    },
  ],
  notes:
    'The engine does not check what a mount or a device is pointed at: whoever sets it has to know. When a setting is refused, those before it are applied.',
  read({ values, positionals: [name, ...settings] }): SetCommand {
    if (name === undefined) throw new UsageError('set needs a PLUGIN')
    const secrets = readSecretOptions(values, settings)
    if (settings.length === 0 && !secrets.secrets) throw new UsageError('set needs a KEY=VALUE')
    return { ...readEngineOptions(values), name, settings, ...secrets }
  },
  load: async () => (await import('../installed/change.ts')).set,
})
