import {
  JournalError,
  type JournaledRun,
  journalFolder,
  listRuns,
} from '../../../adapters/journal/runJournal.ts'
import { visible, visibleJson } from '../../text/visible.ts'
import type { Run } from '../commandEntry.ts'
import type { RunsCommand } from '../entries/runs.ts'
import { alignColumns } from '../table.ts'
import { UsageError } from '../usageError.ts'

/** `plugin-flow runs`: what was begun and has not ended well. */
export const list: Run<RunsCommand> = async ({ json }, { env }, { stdout, stderr }) => {
  const { runs, unreadable } = await read(journalFolder(env))
  const told = runs.map(({ run, isDriven }) => tell(run, isDriven))
  if (json) for (const run of told) stdout.write(`${visibleJson(run)}\n`)
  else {
    const rows = told.map(({ id, name, state, began, host, context }) => [
      id,
      name,
      state,
      began,
      context === undefined ? host : `${host} (context ${context})`,
    ])
    for (const line of alignColumns([['RUN', 'PLUGIN', 'STATE', 'BEGAN', 'ENGINE'], ...rows])) {
      stdout.write(`${visible(line)}\n`)
    }
  }
  for (const { message } of unreadable) stderr.write(`${visible(`plugin-flow: ${message}`)}\n`)
  return unreadable.length === 0 ? 0 : 1
}

async function read(folder: string | undefined) {
  const noHome = 'there is no home, so no run was written down: set XDG_STATE_HOME'
  if (folder === undefined) return { runs: [], unreadable: [new JournalError(noHome)] }
  try {
    return await listRuns(folder)
  } catch (error) {
    if (error instanceof JournalError) throw new UsageError(error.message)
    throw error
  }
}

function tell({ id, engine, began, snapshot }: JournaledRun, isDriven: boolean) {
  const { name = snapshot.input.reference, outcome } = snapshot
  const state = outcome ? 'left behind' : isDriven ? 'running' : `left in ${snapshot.state}`
  const { host, context } = engine
  return { id, name, state, began, host, ...(context === undefined ? {} : { context }) }
}
