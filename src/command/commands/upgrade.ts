import { defined } from '../../../machines/defined.ts'
import { defineCommand, type OptionTable } from '../defineCommand.ts'
import { consentOptions, readConsentOptions } from '../options/consent.ts'
import { engineOptions, readEngineOptions } from '../options/engine.ts'
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
import type { UpgradeCommand } from '../upgrade/upgrade.ts'

const MODES = ['auto', 'in-place', 'replace'] as const
const NO_WAY_BACK = ['ask', 'refuse', 'accept'] as const

const ownOptions = {
  mode: {
    type: 'string',
    value: 'MODE',
    choices: MODES,
    help: 'auto (default) upgrades in place unless that gives less than a new install, and then replaces it if a person or a policy agrees to that; in-place never replaces; replace removes the plugin and installs it again, which loses its ID and the data in its own mount',
  },
  trial: {
    type: 'boolean',
    help: 'Enable a copy of the new version for a moment before the plugin is touched',
  },
  force: { type: 'boolean', help: 'Upgrade the plugin even while it is in use' },
  'no-way-back': {
    type: 'string',
    value: 'ask|refuse|accept',
    choices: NO_WAY_BACK,
    help: 'Where the old version could not be had again: ask (default) a person, refuse, or accept it',
  },
  'no-new-privileges': {
    type: 'boolean',
    help: 'Grant what the plugin has already, and deny anything that is new without asking; with --allow or --policy these decide as well',
  },
  digest: {
    type: 'string',
    value: 'DIGEST',
    help: 'The content that REFERENCE must name: sha256:…',
  },
  'previous-digest': {
    type: 'string',
    value: 'DIGEST',
    help: 'The content of the old version, which makes a way back from a tag that has moved',
  },
  'skip-remote-check': {
    type: 'boolean',
    help: 'Do not ask when REFERENCE is of another repository than the plugin',
  },
} as const satisfies OptionTable

export const upgradeCommand = defineCommand({
  name: 'upgrade',
  synopsis: 'PLUGIN [REFERENCE] [KEY=VALUE...]',
  arguments: 'plugins',
  summary: 'Upgrade a plugin with its settings, and go back when a step fails',
  options: {
    ...ownOptions,
    ...secretOptions,
    ...consentOptions,
    ...loginOptions,
    ...engineOptions,
    ...flowOptions,
    ...outputOptions,
  },
  examples: [
    {
      title: 'To another version, and ask about what it requests in addition:',
      line: 'plugin-flow upgrade acme/notes acme/notes:2.0',
    },
    {
      title: 'What is known before anything is changed?',
      line: 'plugin-flow upgrade --dry-run acme/notes acme/notes:2.0',
    },
    {
      title: 'Set something with it, and find out first whether the new version starts:',
      line: 'plugin-flow upgrade --trial acme/notes acme/notes:2.0 LEVEL=debug',
    },
    {
      title: 'By its own moving tag, unattended:',
      line: 'plugin-flow upgrade --grant-all-permissions --no-way-back accept acme/notes:latest',
    },
    {
      title: 'The same with a way back:',
      line: 'plugin-flow upgrade --grant-all-permissions --previous-digest sha256:… acme/notes:latest',
    },
  ],
  notes:
    'The plugin need not be disabled before: it is disabled for the shortest time, and enabled again if it was. The first Ctrl-C cancels and goes back, a second one leaves and says what is left, a third one leaves at once. Exit status: 0 upgraded, or of this content already; 1 failed, and the old version is as it was, or the command says what is there and what mends it; 2 wrong usage; 130 or 143 cancelled by SIGINT or SIGTERM.',
  read({ values, positionals }): UpgradeCommand {
    const [name, second, ...others] = positionals
    if (name === undefined) throw new UsageError('upgrade needs a PLUGIN')
    const isReference = second !== undefined && !second.includes('=')
    const settings = isReference || second === undefined ? others : [second, ...others]
    checkSettingArguments('upgrade', settings, 'one PLUGIN and one REFERENCE')
    const consent = readConsentOptions(values)
    const noNewPrivileges = values['no-new-privileges'] ?? false
    if (noNewPrivileges && consent.grantAllPermissions) {
      throw new UsageError('--no-new-privileges and --grant-all-permissions cannot be combined')
    }
    const mode = readChoice('--mode', MODES, values.mode)
    return {
      name,
      ...(isReference && { reference: second }),
      settings,
      ...readSecretOptions(values, settings),
      ...consent,
      noNewPrivileges,
      ...readLoginOptions(values),
      ...readEngineOptions(values),
      mode: mode === 'in-place' ? 'inPlace' : mode,
      trial: values.trial ?? false,
      force: values.force ?? false,
      noWayBack: readChoice('--no-way-back', NO_WAY_BACK, values['no-way-back']),
      ...defined({ digest: values.digest, previousDigest: values['previous-digest'] }),
      skipRemoteCheck: values['skip-remote-check'] ?? false,
      ...readFlowOptions(values),
      ...readOutputFormat(values),
    }
  },
  run: async (command, io) => (await import('../upgrade/upgrade.ts')).upgrade(command, io),
})
