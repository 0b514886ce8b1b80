import { setTimeout } from 'node:timers/promises'
import { beginRun, journalFolder, type OpenRun } from '../../../adapters/journal/runJournal.ts'
import { RunInUse } from '../../../adapters/journal/runLock.ts'
import { defined } from '../../../machines/defined.ts'
import { EngineError, type Failure } from '../../../machines/errors.ts'
import { makeFailure } from '../../../machines/failure.ts'
import { oneLine } from '../../../machines/text.ts'
import type { ConnectedEngine } from '../../flow/connect.ts'
import type { JournalAnswer } from '../../flow/types.ts'
import { visible } from '../../text/visible.ts'
import type { EngineSelection } from '../options/engine.ts'
import { type CommandIo, messageOf } from '../processIo.ts'
import type { View } from '../views/view.ts'

/** Begins to record a run. Where that fails the run goes on without, and a notice says so. */
export async function beginJournal(
  { host, context }: ConnectedEngine,
  { tls, proxy }: EngineSelection,
  env: CommandIo['env'],
  view: Pick<View, 'notice'>,
  limits = journalLimits,
): Promise<OpenRun | undefined> {
  const folder = journalFolder(env)
  if (folder === undefined) {
    view.notice('plugin-flow: this run is not recorded: there is no home; set XDG_STATE_HOME')
    return undefined
  }
  // Context and options find the engine again where its address alone is not enough.
  const begun = beginRun(folder, { host, ...defined({ context, tls: tls && { ...tls }, proxy }) })
  try {
    return boundedRun(await inTime(begun, folder, limits.begin), folder, limits)
  } catch (error) {
    // A run that begins too late is closed again.
    begun.then((late) => late.close()).catch(() => {})
    view.notice(visible(`plugin-flow: this run is not recorded: ${messageOf(error)}`))
    return undefined
  }
}

/** How long its folder may take, in milliseconds: one on a network may never answer. */
interface JournalLimits {
  /** To open and to close a run. */
  begin: number
  /** To record a step, which is not made before that. */
  write: number
}

const journalLimits: Readonly<JournalLimits> = { begin: 10_000, write: 30_000 }

/** Resolves to the answer that a flow gets for a record: another process may have taken over the run. */
export async function answerOf(writing: Promise<unknown> | undefined): Promise<JournalAnswer> {
  try {
    await writing
    return undefined
  } catch (error) {
    if (error instanceof RunInUse) return 'abandon'
    throw error
  }
}

/**
 * A run that is recorded in time or not at all: after a first timeout its folder is not tried again. It rejects with an
 * EngineError `host-failed` where a step cannot be recorded; to close it never rejects.
 */
export function boundedRun<Run extends OpenRun>(
  run: Run,
  folder: string,
  limits = journalLimits,
): Run {
  let isAnswering = true
  const bounded = async (ms: number, act: () => Promise<void>) => {
    if (!isAnswering) throw new NoAnswer(folder, ms)
    try {
      await inTime(act(), folder, ms)
    } catch (error) {
      if (error instanceof NoAnswer) isAnswering = false
      throw error
    }
  }
  return {
    ...run,
    claim: (plugin) => bounded(limits.begin, () => run.claim(plugin)),
    write: (snapshot) =>
      bounded(limits.write, () => run.write(snapshot)).catch((error: unknown) => {
        throw error instanceof RunInUse ? error : notRecorded(folder, error)
      }),
    // The file and a stale lock may be left behind, and the run has ended all the same.
    close: (events) => bounded(limits.begin, () => run.close(events)).catch(() => {}),
  }
}

/** @throws NoAnswer when the promise has not settled in time */
async function inTime<T>(promise: Promise<T>, folder: string, ms: number): Promise<T> {
  const timer = new AbortController()
  const late = setTimeout(ms, undefined, { signal: timer.signal }).then(() => {
    throw new NoAnswer(folder, ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
    late.catch(() => {})
  }
}

class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  constructor(folder: string, ms: number) {
    super(`${folder} has not answered for ${ms / 1_000} s`)
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on its disk',
  EDQUOT: "this user's quota is used up",
  EROFS: 'its disk is read-only',
  EIO: 'its disk has failed',
  ENOENT: 'somebody has removed it',
}

function notRecorded(folder: string, error: unknown): EngineError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const what = `the journal ${folder} cannot be written`
  const message =
    error instanceof NoAnswer
      ? error.message
      : `${what}: ${PROBLEMS[code] ?? oneLine(messageOf(error))}`
  const next =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'Make room there, or name another folder in XDG_STATE_HOME, and try again.'
      : 'Mend that folder, or name another one in XDG_STATE_HOME, and try again.'
  return new EngineError('host-failed', message, { next, unsent: true })
}

/**
 * Has no other run upgrade a plugin before this one has ended. A folder that cannot be used claims nothing, as it records
 * nothing.
 *
 * @returns why this run may not begin
 */
export async function claimPlugin(
  run: OpenRun | undefined,
  plugin: string,
): Promise<Failure | undefined> {
  try {
    await run?.claim(plugin)
  } catch (error) {
    if (!(error instanceof RunInUse)) return undefined
    const other = error.run ? `run ${error.run} (${error.message})` : error.message
    return makeFailure('upgrade-under-way', 'reading', `${plugin} is being upgraded: ${other}`)
  }
  return undefined
}
