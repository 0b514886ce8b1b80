import { visible } from '../../text/visible.ts'
import { defineCommand } from '../defineCommand.ts'
import { asUsage, forEachName, untilAnswered, withEngine } from '../openEngine.ts'
import { engineOptions, readEngineOptions } from '../options/engine.ts'
import { readSecretOptions, readSecrets, secretOptions, withSecrets } from '../options/secrets.ts'
import { checkSettingArguments, readName, readNames, readSeconds } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'

const enableCommand = defineCommand({
  name: 'enable',
  synopsis: 'PLUGIN',
  arguments: 'disabled plugins',
  summary: 'Enable a plugin that is disabled',
  options: {
    timeout: {
      type: 'string',
      value: 'SECONDS',
      help: 'How long the engine waits for the plugin (default: 30)',
    },
    ...engineOptions,
  },
  examples: [{ title: 'Start it again:', line: 'plugin-flow enable vieux/sshfs' }],
  read: ({ values, positionals }) => ({
    ...readEngineOptions(values),
    name: readName('enable', positionals),
    timeout: readSeconds('--timeout', values.timeout ?? '30'),
  }),
  run: (command, io) =>
    withEngine(command, io, async (engine) => {
      const { name, timeout } = command
      await engine.call('pluginEnable', { name, timeout }, untilAnswered)
      io.stdout.write(`${visible(name)}\n`)
    }),
})

const disableCommand = defineCommand({
  name: 'disable',
  synopsis: 'PLUGIN',
  arguments: 'enabled plugins',
  summary: 'Disable a plugin that is enabled',
  options: {
    force: { type: 'boolean', short: 'f', help: 'Disable one that is in use as well' },
    ...engineOptions,
  },
  examples: [{ title: 'Stop it, to change a setting:', line: 'plugin-flow disable vieux/sshfs' }],
  read: ({ values, positionals }) => ({
    ...readEngineOptions(values),
    name: readName('disable', positionals),
    force: values.force ?? false,
  }),
  run: (command, io) =>
    withEngine(command, io, async (engine) => {
      const { name, force } = command
      await engine.call('pluginDisable', { name, force }, untilAnswered)
      io.stdout.write(`${visible(name)}\n`)
    }),
})

const setCommand = defineCommand({
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
      title: 'Change a secret one:',
      line: 'plugin-flow set --set-secret PASSWORD=@password.txt acme/volumes',
    },
  ],
  notes:
    'The engine does not check the target of a mount or a device setting. When a setting is refused, those before it have been applied.',
  read({ values, positionals: [name, ...settings] }) {
    if (name === undefined) throw new UsageError('set needs a PLUGIN')
    checkSettingArguments('set', settings)
    const secrets = readSecretOptions(values, settings)
    if (settings.length === 0 && !secrets.secrets) throw new UsageError('set needs a KEY=VALUE')
    return { ...readEngineOptions(values), name, settings, ...secrets }
  },
  async run(command, io) {
    const given = withSecrets(command.settings, readSecrets(command))
    const { parseSettings } = await import('../../flow/secrets/parseSettings.ts')
    const { createRedaction } = await import('../../flow/secrets/redaction.ts')
    const { settings, values } = asUsage(() => parseSettings(given))
    return withEngine(command, io, async (engine) => {
      const redaction = createRedaction(values)
      const input = { name: command.name, settings: redaction.fill(settings) }
      await redaction.withRedaction(engine).call('pluginSet', input, untilAnswered)
    })
  },
})

const rmCommand = defineCommand({
  name: 'rm',
  aliases: ['remove'],
  soughtAs: ['uninstall', 'delete'],
  synopsis: 'PLUGIN [PLUGIN...]',
  arguments: 'plugins',
  summary: 'Remove plugins',
  options: {
    force: { type: 'boolean', short: 'f', help: 'Remove one that is enabled or in use as well' },
    ...engineOptions,
  },
  examples: [
    { title: 'Remove two plugins that are disabled:', line: 'plugin-flow rm sshfs acme/plain' },
    { title: 'Remove one that is enabled:', line: 'plugin-flow rm --force sshfs' },
  ],
  read: ({ values, positionals }) => ({
    ...readEngineOptions(values),
    names: readNames('rm', positionals),
    force: values.force ?? false,
  }),
  run: (command, io) =>
    forEachName(command, io, async (engine, name) => {
      await engine.call('pluginDelete', { name, force: command.force }, untilAnswered)
      io.stdout.write(`${visible(name)}\n`)
    }),
})

/** Commands that change installed plugins. As in Docker's command, the name on stdout means success. */
export const changeCommands = [enableCommand, disableCommand, setCommand, rmCommand]
