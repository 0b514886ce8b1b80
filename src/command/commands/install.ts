import { defined } from '../../../machines/defined.ts'
import { defineCommand } from '../defineCommand.ts'
import type { InstallCommand } from '../install/install.ts'
import { consentOptions, readConsentOptions } from '../options/consent.ts'
import { embeddableOptions, readEmbeddableOptions } from '../options/engine.ts'
import { loginOptions, readLoginOptions } from '../options/login.ts'
import { readSecretOptions, secretOptions } from '../options/secrets.ts'
import {
  checkSettingArguments,
  outputOptions,
  readOutputFormat,
  readSeconds,
} from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'

const IF_PRESENT = ['fail', 'keep', 'finish'] as const

export const installCommand = defineCommand({
  name: 'install',
  synopsis: 'PLUGIN [KEY=VALUE...]',
  summary: 'Install a plugin, and take it back when a step fails',
  options: {
    alias: { type: 'string', value: 'NAME', help: 'Local name of the plugin' },
    disable: { type: 'boolean', help: 'Install the plugin without enabling it' },
    'disable-content-trust': {
      type: 'boolean',
      help: "Accepted because it is the default of Docker's own command, and without effect",
    },
    ...secretOptions,
    ...consentOptions,
    'if-present': {
      type: 'string',
      value: 'fail|keep|finish',
      choices: IF_PRESENT,
      help: 'When a plugin of this name exists: fail (default), keep it if it is the requested one, or finish one that was left disabled',
    },
    ...loginOptions,
    ...embeddableOptions,
    'keep-on-failure': {
      type: 'boolean',
      help: 'Leave the plugin in place when a later step fails',
    },
    'enable-timeout': {
      type: 'string',
      value: 'SECONDS',
      help: "How long the engine waits for the plugin (default: the engine's own)",
    },
    'dry-run': {
      type: 'boolean',
      help: 'Show what would be installed, granted and sent, and change nothing',
    },
    ...outputOptions,
  },
  examples: [
    {
      title: 'Install a plugin, and ask before granting permissions:',
      line: 'plugin-flow install vieux/sshfs DEBUG=1',
    },
    {
      title: 'Unattended, under another name, and left disabled:',
      line: 'plugin-flow install --grant-all-permissions --alias sshfs --disable vieux/sshfs',
    },
    {
      title: 'Repeatedly, with the same result:',
      line: 'plugin-flow install --if-present keep --grant-all-permissions vieux/sshfs',
    },
    {
      title: 'Unattended, with these permissions and no others:',
      line: "plugin-flow install --allow network:host --allow 'mount:/var/lib/*' acme/volumes",
    },
    {
      title: 'What would it do, and would the policy allow it?',
      line: 'plugin-flow install --dry-run --policy plugins.json vieux/sshfs',
    },
    {
      title: 'With a secret setting:',
      line: 'plugin-flow install acme/volumes USER=me --set-secret PASSWORD=@password.txt',
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
  notes: `The first Ctrl-C cancels and takes back what was done, a second one leaves and says what is left, a third one leaves at once. Exit status: 0 installed, or present already with --if-present keep; 1 failed and taken back; 2 wrong usage; 130 or 143 cancelled by SIGINT or SIGTERM.`,
  read({ values, positionals }): InstallCommand {
    const [reference, ...settings] = positionals
    if (reference === undefined) throw new UsageError('install needs a PLUGIN')
    checkSettingArguments('install', settings)
    if (values['disable-content-trust'] === false) {
      throw new UsageError(
        'content trust is not supported: leave out --disable-content-trust=false',
      )
    }
    return {
      reference,
      settings,
      ...readSecretOptions(values, settings),
      ...defined({ alias: values.alias || undefined }),
      ...readLoginOptions(values),
      disabled: values.disable ?? false,
      ...readConsentOptions(values),
      ifPresent: readIfPresent(values['if-present'] ?? 'fail'),
      ...readEmbeddableOptions(values),
      keepOnFailure: values['keep-on-failure'] ?? false,
      enableTimeout: readSeconds('--enable-timeout', values['enable-timeout'] ?? '0'),
      dryRun: values['dry-run'] ?? false,
      ...readOutputFormat(values),
    }
  },
  run: async (command, io) => (await import('../install/install.ts')).install(command, io),
})

function readIfPresent(text: string): InstallCommand['ifPresent'] {
  const known = IF_PRESENT.find((each) => each === text)
  if (known) return known
  throw new UsageError(`--if-present takes fail, keep or finish, and not "${text}"`)
}
