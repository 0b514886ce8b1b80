import { setTimeout } from 'node:timers/promises'
import { Subscription } from 'rxjs'
import type { Warn } from '../../../adapters/docker/configFile.ts'
import type { OpenRun } from '../../../adapters/journal/runJournal.ts'
import { defined } from '../../../machines/defined.ts'
import { eventsSoFar, flowEvents, type ShownFlow } from '../../events/flowEvents.ts'
import type { ConnectedEngine } from '../../flow/connect.ts'
import type { FlowOptions, WatchedFlow } from '../../flow/types.ts'
import { inOrder, visible } from '../../text/visible.ts'
import { type OpenEngine, openEngine } from '../openEngine.ts'
import type { EngineSelection } from '../options/engine.ts'
import { type Login, readLogin } from '../options/login.ts'
import { writeRecord } from '../options/record.ts'
import type { OutputFormat } from '../options/values.ts'
import { type CommandIo, catchInterrupts, type Interrupts } from '../processIo.ts'
import { chooseView, questionOutput } from '../views/chooseView.ts'
import type { RunOutcome, RunSnapshot, ShownRun, View } from '../views/view.ts'
import { outcomeOfBadStart, wordsOf } from '../views/words.ts'
import { answerOf } from './journal.ts'
import { exitCode, outcomeOf } from './outcome.ts'
import { answerConsent, askCredentials, createPrompt, type Prompt } from './prompt.ts'

/** The tools of a run of the command. */
export interface Run {
  shown: ShownRun
  view: View
  prompt: Prompt
  interrupts: Interrupts
  signal: AbortSignal
  /** Shows what is passed over, to people and to programs. */
  warn: Warn
}

interface Driven extends EngineSelection, OutputFormat {
  embedded?: boolean
  login?: Login
  dryRun?: boolean
  /** Path of a file that the run is recorded in. */
  record?: string
}

/** The options that the command gives every flow that it runs. */
export type DrivenOptions<Snapshot> = Pick<
  FlowOptions<Snapshot>,
  'signal' | 'credentials' | 'journal'
>

/** Once the command is being left, nothing is waited for any longer than this. */
const LEAVE_MS = 3_000

export const SIMULATION = 'simulation: the embedded engine downloads, runs and keeps nothing'

/**
 * Runs an act on an engine, shows its outcome, and resolves to the exit status. Everything it opened is closed
 * by then.
 *
 * @param act resolves to an outcome, or to an exit status where everything is shown already
 */
export async function drive(
  command: Driven,
  shown: ShownRun,
  io: CommandIo,
  act: (engine: ConnectedEngine, run: Run) => Promise<RunOutcome | number>,
): Promise<number> {
  const view = chooseView(command, shown, io)
  const warn: Warn = (warning) => {
    view.notice(inOrder(`plugin-flow: warning: ${warning.message}`))
    view.warning?.(warning)
  }
  const badStart = (error: unknown) => outcomeOfBadStart(shown, error)
  const open = () => openEngine(command, io, warn).catch(badStart)
  // Node.js delivers no signal while Docker's files are read, so signals are caught only after that. The
  // embedded engine reads none, and has a socket to remove.
  const opened = command.embedded ? undefined : await open()
  const cancel = new AbortController()
  const interrupts = catchInterrupts(io.signals, ({ reason }) => {
    // Withdraws an open question first: the notice would stand on its line.
    cancel.abort()
    const next = command.dryRun ? '' : ', taking back; once more leaves at once'
    view.notice(`plugin-flow: ${visible(reason)}: cancelled${next}`)
  })
  const prompt = createPrompt(io, questionOutput(command, io), interrupts.interrupt)
  const run = { shown, view, prompt, interrupts, signal: cancel.signal, warn }
  try {
    const outcome = await actOn(opened ?? (await open()), command.login, run, (engine) => {
      if (command.embedded) view.notice(SIMULATION)
      return act(engine, run).catch(badStart)
    })
    if (typeof outcome === 'number') return outcome
    const code = exitCode(outcome, interrupts.first, shown.rollBack)
    view.outcome(outcome, code)
    return code
  } finally {
    view.close()
    interrupts.release()
  }
}

async function actOn<Result>(
  opened: OpenEngine | RunOutcome,
  login: Login | undefined,
  { shown, prompt, signal }: Run,
  act: (engine: ConnectedEngine) => Promise<Result>,
): Promise<Result | RunOutcome> {
  if ('state' in opened) return opened
  const { engine, close } = opened
  try {
    if (!login) return await act(engine)
    const credentials = await readLogin(login, prompt, signal).catch((error: unknown) =>
      outcomeOfBadStart(shown, error),
    )
    if (credentials && 'state' in credentials) return credentials
    // These credentials and no others count as configured.
    return await act({ ...engine, configured: async () => credentials })
  } finally {
    await close()
  }
}

/**
 * Starts a flow, shows it, and puts its questions to the terminal. Resolves to how it ended, or to what is known
 * of it when a second signal leaves it.
 *
 * @param journaled awaited before the first step that changes the engine
 */
export async function runFlow<Snapshot extends RunSnapshot>(
  start: (options: DrivenOptions<Snapshot>) => WatchedFlow<Snapshot> & ShownFlow,
  journaled: Promise<OpenRun | undefined> | undefined,
  {
    embedded = false,
    login,
    plain,
    record,
    host,
  }: Pick<Driven, 'embedded' | 'login' | 'plain' | 'record'> & { host: string },
  { shown: run, view, prompt, interrupts, signal }: Omit<Run, 'warn'>,
): Promise<RunOutcome> {
  const words = wordsOf(run)
  const recorder = journaled && createRecorder(journaled, view)
  const ended = new AbortController()
  const impatient = interrupts.second.then(async () => {
    const late = setTimeout(LEAVE_MS, undefined, { signal: ended.signal }).catch(() => {})
    await Promise.race([late, interrupts.third])
    return 'unknown' as const
  })
  const flow = start({
    signal,
    credentials: askCredentials(prompt, view, login?.username),
    ...(recorder && { journal: recorder.journal }),
  })
  const events$ = flowEvents(flow, { engine: host, ...(embedded && { simulated: true }) })
  const shown = new Subscription()
  try {
    answerConsent(flow, prompt, view, words.question, plain)
    shown.add(flow.transition$.subscribe((transition) => view.transition(transition)))
    shown.add(flow.progress$.subscribe((progress) => view.progress(progress)))
    shown.add(flow.retry$.subscribe((retry) => view.retry(retry)))
    shown.add(flow.queued$.subscribe((queued) => view.queued(queued)))
    const left = interrupts.second.then(async () => {
      const recorded = await Promise.race([recorder?.last(), impatient])
      if (recorded !== 'unknown') return words.whenLeft(flow.snapshot(), embedded, recorded?.id)
      view.notice(NOT_RECORDED)
      return words.whenLeft(flow.snapshot(), embedded)
    })
    const outcome = await Promise.race([outcomeOf<RunOutcome>(flow), left])
    if (outcome.state !== 'stranded') return outcome
    const recorded = await Promise.race([recorder?.last(), impatient])
    const id = recorded === 'unknown' ? undefined : recorded?.id
    return { ...outcome, ...defined({ run: id }) }
  } finally {
    // A flow that is left goes on for a moment, but its outcome must be the last thing that is shown.
    shown.unsubscribe()
    const events = eventsSoFar(events$)
    await Promise.race([journaled?.then((run) => run?.close(events)), impatient])
    if (record !== undefined) writeRecord(record, events, view)
    ended.abort()
  }
}

/** The run whose last step was recorded, if it has an ID; `unknown` where recording failed. */
type Recorded = { id: string | undefined } | 'unknown'

function createRecorder(journaled: Promise<OpenRun | undefined>, view: View) {
  let last: Promise<Recorded> | undefined
  let isReported = false
  const reportOnce = (error: Error): Recorded => {
    const message = `plugin-flow: the run is not recorded: ${error.message}`
    if (!isReported) view.notice(visible(message))
    isReported = true
    return 'unknown'
  }
  return {
    async journal(snapshot: RunSnapshot) {
      const writing = journaled.then(async (run) => {
        await run?.write(snapshot)
        return { id: run?.id }
      })
      last = writing.catch(reportOnce)
      return answerOf(writing)
    },
    /** Absent before the first record, and so before the first change. */
    last: () => last,
  }
}

const NOT_RECORDED =
  'plugin-flow: its last step is not recorded; plugin-flow runs shows the last one that is'
