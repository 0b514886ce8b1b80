import { type EndedRun, listEnded } from '../../../adapters/journal/endedRuns.ts'
import {
  JournalError,
  type JournaledRun,
  journalFolder,
  kindOf,
  listRuns,
  nameOf,
} from '../../../adapters/journal/runJournal.ts'
import { defined } from '../../../machines/defined.ts'
import { formatAgo } from '../../text/formatAmount.ts'
import { visible, visibleJson } from '../../text/visible.ts'
import { alignColumns, fitColumns } from '../listing.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, report, writeLines } from '../processIo.ts'
import { wordsOf } from '../views/words.ts'
import { shownOf } from './resume.ts'

/** Lists the runs that are not over, and with `all` those that have ended. Resolves to the exit status. */
export async function listAll(
  { all, json }: { all: boolean; json: boolean },
  io: CommandIo,
): Promise<number> {
  const { env, stdout } = io
  const folder = journalFolder(env)
  if (folder === undefined) {
    report(io, 'there is no home, so no run was recorded: set XDG_STATE_HOME')
    return 1
  }
  const { runs, unreadable } = await listRuns(folder).catch((error: unknown) => {
    throw error instanceof JournalError ? new UsageError(error.message) : error
  })
  const ended = all ? await listEnded(folder) : []
  if (json) {
    const lines = [...runs.map(toJson), ...ended.map(endedJson)]
    writeLines(
      stdout,
      lines.map((line) => visibleJson(line)),
    )
  } else writeLines(stdout, asTable(runs, ended, io))
  for (const { message } of unreadable) report(io, message)
  return unreadable.length === 0 ? 0 : 1
}

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

/** Without the events, which are for pages. */
function endedJson({ events: _, outcome, ...run }: EndedRun) {
  return { ...run, state: endedWord({ outcome }) }
}

function endedWord({ outcome }: Pick<EndedRun, 'outcome'>): string {
  return outcome === 'done' ? 'done' : 'rolled back'
}

function asTable(runs: readonly ListedRun[], ended: readonly EndedRun[], io: CommandIo): string[] {
  const rows = runs.map(({ run: { id, engine, began, snapshot }, isDriven }): Row => {
    const { outcome, state } = snapshot
    const shown = { ...shownOf(snapshot), settingCount: 0, keepOnFailure: false }
    const words = wordsOf(shown).describeState(state, shown)
    const left = outcome || !words ? 'left behind' : `left: ${words.short}`
    const word = isDriven && !outcome ? 'running' : left
    return [id, kindOf(snapshot), nameOf(snapshot), word, ago(began), engineText(engine)]
  })
  const past = ended.map((run): Row => {
    const { id, kind, name, began, failure } = run
    const word = failure ? `${endedWord(run)}: ${failure.code}` : endedWord(run)
    return [id, kind, name, word, ago(began), engineText(run)]
  })
  const titles = ['RUN', 'KIND', 'PLUGIN', 'STATE', 'BEGAN', 'ENGINE']
  const table = [titles, ...[...rows, ...past].map((row) => row.map(visible))]
  return alignColumns(fitColumns(table, [2, 5], io))
}

type Row = [id: string, kind: string, name: string, state: string, began: string, engine: string]

function ago(began: string): string {
  const at = Date.parse(began)
  return Number.isNaN(at) ? began : formatAgo(Date.now() - at)
}

/** The end is cut first. */
function engineText({ host, context }: { host: string; context?: string }): string {
  return context === undefined ? host : `context ${context} (${host})`
}
