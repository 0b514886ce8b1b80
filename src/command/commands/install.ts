import { defined } from '../../../machines/defined.ts'
import { defineCommand } from '../defineCommand.ts'
import type { InstallCommand } from '../install/install.ts'
import { consentOptions, readConsentOptions } from '../options/consent.ts'
import { embeddableOptions, readEmbeddableOptions } from '../options/engine.ts'
import { flowOptions, readFlowOptions } from '../options/flow.ts'
import { loginOptions, readLoginOptions } from '../options/login.ts'
import { readSecretOptions, secretOptions } from '../options/secrets.ts'
import {
  checkSettingArguments,
  outputOptions,
  readChoice,
  readOutputFormat,
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
    ...flowOptions,
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
    return {
      reference,
      settings,
      ...readSecretOptions(values, settings),
      ...defined({ alias: values.alias || undefined }),
      ...readLoginOptions(values),
      disabled: values.disable ?? false,
      ...readConsentOptions(values),
      ifPresent: readChoice('--if-present', IF_PRESENT, values['if-present']),
      ...readEmbeddableOptions(values),
      ...readFlowOptions(values),
      ...readOutputFormat(values),
    }
  },
  run: async (command, io) => (await import('../install/install.ts')).install(command, io),
})
