import type { JournaledRun } from '../../../adapters/journal/runJournal.ts'

import { defined } from '../../../machines/defined.ts'
import { formatAgo } from '../../text/formatAmount.ts'
import { visible, visibleJson } from '../../text/visible.ts'
import { type Arguments, defineCommand, type OptionTable } from '../defineCommand.ts'
import type { ResumeCommand } from '../install/resume.ts'
import { engineOptions, readEngineOptions } from '../options/engine.ts'
import { readSecretOptions, secretOptions } from '../options/secrets.ts'
import { outputOptions, readNoArguments, readOutputFormat } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, report, writeLines } from '../processIo.ts'

export const runsCommand = defineCommand({
  name: 'runs',
  synopsis: '',
  summary: 'List installs and upgrades that are running or were left behind',
  options: { json: { type: 'boolean', help: 'One JSON object per line' } },
  examples: [
    { title: 'Did an install or an upgrade die on this machine?', line: 'plugin-flow runs' },
  ],
  notes:
    'Every install and every upgrade is recorded before each step that changes the engine, in $XDG_STATE_HOME/plugin-flow (else ~/.local/state/plugin-flow). The record is deleted when it has ended with nothing left behind. It contains the values of settings except those of --set-secret, and no credentials.',
  read({ values, positionals }) {
    readNoArguments('runs', positionals)
    return { json: values.json ?? false }
  },
  async run({ json }, io) {
    const { env, stdout } = io
    const { JournalError, journalFolder, listRuns } = await import(
      '../../../adapters/journal/runJournal.ts'
    )
    const folder = journalFolder(env)
    if (folder === undefined) {
      report(io, 'there is no home, so no run was recorded: set XDG_STATE_HOME')
      return 1
    }
    const { runs, unreadable } = await listRuns(folder).catch((error: unknown) => {
      throw error instanceof JournalError ? new UsageError(error.message) : error
    })
    if (json)
      writeLines(
        stdout,
        runs.map((each) => visibleJson(toJson(each))),
      )
    else writeLines(stdout, await asTable(runs, io))
    for (const { message } of unreadable) report(io, message)
    return unreadable.length === 0 ? 0 : 1
  },
})

interface ListedRun {
  run: JournaledRun
  /** A process drives it now. */
  isDriven: boolean
}

function toJson({ run, isDriven }: ListedRun) {
  const { id, engine, began, snapshot } = run
  const { outcome } = snapshot
  const state = outcome ? 'left behind' : isDriven ? 'running' : `left in ${snapshot.state}`
  const { host, context } = engine
  return {
    id,
    kind: kindOf(snapshot),
    name: nameOf(snapshot),
    state,
    began,
    host,
    ...defined({ context }),
  }
}

function kindOf(snapshot: JournaledRun['snapshot']): 'install' | 'upgrade' {
  return 'machine' in snapshot ? 'upgrade' : 'install'
}

function nameOf(snapshot: JournaledRun['snapshot']): string {
  const { name } = snapshot
  return name ?? ('machine' in snapshot ? snapshot.input.name : snapshot.input.reference)
}

async function asTable(runs: readonly ListedRun[], io: CommandIo): Promise<string[]> {
  const { alignColumns, fitColumns } = await import('../listing.ts')
  const { shownOf } = await import('../install/resume.ts')
  const { wordsOf } = await import('../views/words.ts')
  const rows = runs.map(({ run: { id, engine, began, snapshot }, isDriven }) => {
    const { outcome, state } = snapshot
    const shown = { ...shownOf(snapshot), settingCount: 0, keepOnFailure: false }
    const words = wordsOf(shown).describeState(state, shown)
    const left = outcome || !words ? 'left behind' : `left: ${words.short}`
    const at = Date.parse(began)
    return [
      id,
      kindOf(snapshot),
      nameOf(snapshot),
      isDriven && !outcome ? 'running' : left,
      Number.isNaN(at) ? began : formatAgo(Date.now() - at),
      // The end is cut first.
      engine.context === undefined ? engine.host : `context ${engine.context} (${engine.host})`,
    ].map(visible)
  })
  const table = [['RUN', 'KIND', 'PLUGIN', 'STATE', 'BEGAN', 'ENGINE'], ...rows]
  return alignColumns(fitColumns(table, [2, 5], io))
}

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
