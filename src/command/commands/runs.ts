import { defined } from '../../../machines/defined.ts'
import { type Arguments, defineCommand, type OptionTable } from '../defineCommand.ts'
import type { ResumeCommand } from '../install/resume.ts'
import { engineOptions, readEngineOptions } from '../options/engine.ts'
import { readSecretOptions, secretOptions } from '../options/secrets.ts'
import { outputOptions, readNoArguments, readOutputFormat } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'

export const runsCommand = defineCommand({
  name: 'runs',
  synopsis: '',
  summary: 'List installs and upgrades that are running or were left behind',
  options: {
    all: { type: 'boolean', short: 'a', help: 'Also those that have ended, for a while' },
    json: { type: 'boolean', help: 'One JSON object per line' },
  },
  examples: [
    { title: 'Did an install or an upgrade die on this machine?', line: 'plugin-flow runs' },
    {
      title: 'Which have failed, and why?',
      line: `plugin-flow runs --all --json | jq -r 'select(.failure) | .name, .failure.message'`,
    },
  ],
  notes:
    'Every install and every upgrade is recorded before each step that changes the engine, in $XDG_STATE_HOME/plugin-flow (else ~/.local/state/plugin-flow). It contains the values of settings except those of --set-secret, and no credentials. When a run has ended with nothing left behind, what was shown of it is kept in the folder ended there, without settings: the last 100 runs, for 30 days.',
  read({ values, positionals }) {
    readNoArguments('runs', positionals)
    return { all: values.all ?? false, json: values.json ?? false }
  },
  run: async (command, io) => (await import('../install/runsList.ts')).listAll(command, io),
})

const options = {
  ...engineOptions,
  own: {
    type: 'boolean',
    help: 'The plugin is that of the install, although the run is too old to tell',
  },
  ...outputOptions,
} as const satisfies OptionTable

export const resumeCommand = defineCommand({
  name: 'resume',
  synopsis: '[RUN]',
  summary: 'Continue an install or upgrade whose process has died',
  options: { ...secretOptions, ...options },
  examples: [
    { title: 'Continue the only run that was left:', line: 'plugin-flow resume' },
    {
      title: 'Continue one with a secret setting, whose value is not recorded:',
      line: 'plugin-flow resume --set-secret PASSWORD=@password.txt 1f0c5a9e',
    },
  ],
  notes:
    'It checks the state of the engine first: nothing is pulled, set or enabled twice. A rollback that was under way continues, and so does that of an upgrade whose way back has failed.',
  read: (given) => ({ ...read('resume', given, false), ...readSecretOptions(given.values) }),
  run: async (command, io) => (await import('../install/resume.ts')).resume(command, io),
})

export const rollbackCommand = defineCommand({
  name: 'rollback',
  synopsis: '[RUN]',
  summary: 'Take back an install or upgrade whose process has died or whose rollback has failed',
  options,
  examples: [
    {
      title: 'Take back a run by its id, or by how that begins:',
      line: 'plugin-flow rollback 1f0c',
    },
  ],
  notes:
    'What an install left is removed. Of an upgrade, the old version is put back with what was in effect. Exit status: 0 taken back, 1 something may be left, 2 wrong usage.',
  read: (given) => read('rollback', given, true),
  run: async (command, io) => (await import('../install/resume.ts')).resume(command, io),
})

function read(
  command: string,
  { values, positionals }: Arguments<typeof options>,
  rollBack: boolean,
): ResumeCommand {
  const [run, ...others] = positionals
  if (others.length > 0) throw new UsageError(`${command} takes one RUN`)
  if (run !== undefined && !/^[0-9a-f]{1,8}$/.test(run)) {
    throw new UsageError(`"${run}" is not the ID of a run; plugin-flow runs lists them`)
  }
  return {
    ...defined({ run }),
    rollBack,
    isOwn: values.own ?? false,
    ...readOutputFormat(values),
    ...readEngineOptions(values),
  }
}
