import { type Arguments, defineCommand, type OptionTable } from '../defineCommand.ts'
import type { ResumeCommand } from '../install/resume.ts'
import { engineOptions, readEngineOptions } from '../options/engine.ts'
import { readSecretOptions, secretOptions } from '../options/secrets.ts'
import { defined, readOutputFormat } from '../options/values.ts'
import { UsageError } from '../usageError.ts'

const options = {
  ...engineOptions,
  quiet: {
    type: 'boolean',
    short: 'q',
    help: 'Print only the ID of the installed plugin, or the failure',
  },
  own: {
    type: 'boolean',
    help: 'The plugin is that of the run, although the run is too old to tell',
  },
  json: { type: 'boolean', help: 'One JSON object per line, as in install' },
} as const satisfies OptionTable

export const resumeCommand = defineCommand({
  name: 'resume',
  synopsis: '[RUN]',
  summary: 'Continue an install whose process has died',
  options: { ...secretOptions, ...options },
  examples: [
    { title: 'Continue the only run that was left:', line: 'plugin-flow resume' },
    {
      title: 'Continue one with a secret setting, whose value is not recorded:',
      line: 'plugin-flow resume --set-secret PASSWORD=@password.txt 1f0c5a9e',
    },
  ],
  notes:
    'It checks the state of the engine first: nothing is pulled, set or enabled twice. A rollback that was under way continues.',
  read: (given) => ({ ...read('resume', given, false), ...readSecretOptions(given.values) }),
  run: async (command, io) => (await import('../install/resume.ts')).resume(command, io),
})

export const rollbackCommand = defineCommand({
  name: 'rollback',
  synopsis: '[RUN]',
  summary: 'Take back what an install whose process has died left behind',
  options,
  examples: [
    {
      title: 'Take back a run by its id, or by how that begins:',
      line: 'plugin-flow rollback 1f0c',
    },
  ],
  notes: 'Exit status: 0 taken back, 1 something may be left, 2 wrong usage.',
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
