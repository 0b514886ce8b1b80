import type { JournaledRun } from '../../../adapters/journal/runJournal.ts'
import { visible, visibleJson } from '../../text/visible.ts'
import { defineCommand } from '../defineCommand.ts'
import { defined, readNoArguments } from '../options/values.ts'
import { report, writeLines } from '../processIo.ts'
import { UsageError } from '../usageError.ts'

export const runsCommand = defineCommand({
  name: 'runs',
  synopsis: '',
  summary: 'List installs that are running or were left behind',
  options: { json: { type: 'boolean', help: 'One JSON object per line' } },
  examples: [{ title: 'Did an install die on this machine?', line: 'plugin-flow runs' }],
  notes:
    'Every install is recorded before each step that changes the engine, in $XDG_STATE_HOME/plugin-flow (else ~/.local/state/plugin-flow). The record is deleted when the install has ended with nothing left behind. It contains the values of settings except those of --set-secret, and no credentials.',
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
    const rows = runs.map(({ run, isDriven }) => toRow(run, isDriven))
    writeLines(stdout, json ? rows.map((row) => visibleJson(row)) : await asTable(rows))
    for (const { message } of unreadable) report(io, message)
    return unreadable.length === 0 ? 0 : 1
  },
})

function toRow({ id, engine, began, snapshot }: JournaledRun, isDriven: boolean) {
  const { name = snapshot.input.reference, outcome } = snapshot
  const state = outcome ? 'left behind' : isDriven ? 'running' : `left in ${snapshot.state}`
  const { host, context } = engine
  return { id, name, state, began, host, ...defined({ context }) }
}

async function asTable(rows: readonly ReturnType<typeof toRow>[]): Promise<string[]> {
  const { alignColumns } = await import('../listing.ts')
  const cells = rows.map(({ id, name, state, began, host, context }) => [
    id,
    name,
    state,
    began,
    context === undefined ? host : `${host} (context ${context})`,
  ])
  return alignColumns([['RUN', 'PLUGIN', 'STATE', 'BEGAN', 'ENGINE'], ...cells]).map(visible)
}
