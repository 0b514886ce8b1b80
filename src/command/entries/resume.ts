import { defineCommand, type OptionTable, type OptionValues } from '../commandEntry.ts'
import { type EngineSelection, engineOptions, readEngineOptions } from '../engineOptions.ts'
import { readSecretOptions, type SecretSelection, secretOptions } from '../secretOptions.ts'
import { UsageError } from '../usageError.ts'

/** `plugin-flow resume` or `plugin-flow rollback`, as it was asked for. */
export interface ResumeCommand extends EngineSelection, SecretSelection {
  /** Id of the run. Default: the only one that was left. */
  run?: string
  rollBack: boolean
  quiet: boolean
  json: boolean
}

const options = {
  ...engineOptions,
  quiet: { type: 'boolean', short: 'q', help: 'Print no more than how it ended' },
  json: { type: 'boolean', help: 'One JSON object a line, as install has them' },
} as const satisfies OptionTable

export const resumeEntry = defineCommand({
  name: 'resume',
  synopsis: '[RUN]',
  summary: 'Go on with an install whose process has died',
  options: { ...secretOptions, ...options },
  examples: [
    { title: 'Go on with the only run that was left:', line: 'plugin-flow resume' },
    {
      title: 'Go on with one that has a secret setting, whose value was not written down:',
      line: 'plugin-flow resume --set-secret PASSWORD=@password.txt 1f0c5a9e',
    },
  ],
  notes:
    'It asks the engine what is true now: nothing is pulled, set or enabled again before it was looked at. A run that was being taken back is taken back further.',
  read: (given) => ({ ...read('resume', given, false), ...readSecretOptions(given.values) }),
  load: async () => (await import('../runs/resume.ts')).resume,
})

export const rollbackEntry = defineCommand({
  name: 'rollback',
  synopsis: '[RUN]',
  summary: 'Take back what an install whose process has died left behind',
  options,
  examples: [{ title: 'Take back a run by its id:', line: 'plugin-flow rollback 1f0c5a9e' }],
  read: (given) => read('rollback', given, true),
  load: async () => (await import('../runs/resume.ts')).resume,
})

function read(
  command: string,
  { values, positionals }: { values: OptionValues<typeof options>; positionals: readonly string[] },
  rollBack: boolean,
): ResumeCommand {
  const [run, ...others] = positionals
  if (others.length > 0) throw new UsageError(`${command} takes one RUN`)
  if (run !== undefined && !/^[0-9a-f]{8}$/.test(run)) {
    throw new UsageError(`"${run}" is no run: plugin-flow runs lists them`)
  }
  const { quiet = false, json = false } = values
  if (quiet && json) throw new UsageError('--quiet and --json are two forms of output')
  const engine = readEngineOptions(values)
  return { ...(run === undefined ? {} : { run }), rollBack, quiet, json, ...engine }
}
