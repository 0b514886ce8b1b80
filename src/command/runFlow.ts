import { setTimeout } from 'node:timers/promises'
import { Subscription } from 'rxjs'
import type { OpenRun } from '../../adapters/journal/runJournal.ts'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { InstallOutput } from '../../machines/plugin-install/types.ts'
import type { FlowOptions, PluginInstall } from '../flow/types.ts'
import { visible } from '../text/visible.ts'
import { answerConsent } from './answerConsent.ts'
import { askCredentials } from './askCredentials.ts'
import type { Interrupts } from './interrupts.ts'
import type { Login } from './loginOptions.ts'
import { outcomeOf, outcomeWhenLeft } from './outcome.ts'
import type { Prompt } from './prompt.ts'
import type { View } from './view.ts'

/** What a run of the command works with. */
export interface Run {
  view: View
  prompt: Prompt
  interrupts: Interrupts
  signal: AbortSignal
}

interface Driven {
  embedded: boolean
  login?: Login
  /** Where the run is written down. */
  journaled?: Promise<OpenRun | undefined>
}

/** Once somebody leaves, nothing is waited for any longer than this. */
const LEAVE_MS = 3_000

/** Shows a flow, puts its questions to whoever is there, and resolves to how it ended, or was left. */
export async function runFlow(
  start: (options: FlowOptions) => PluginInstall,
  { embedded, login, journaled }: Driven,
  { view, prompt, interrupts, signal }: Run,
): Promise<InstallOutput> {
  const written = journaled && writeDown(journaled, view)
  const ended = new AbortController()
  const impatient = interrupts.second.then(async () => {
    const late = setTimeout(LEAVE_MS, undefined, { signal: ended.signal }).catch(() => {})
    await Promise.race([late, interrupts.third])
    return 'unknown' as const
  })
  const flow = start({
    signal,
    credentials: askCredentials(prompt, view, login?.username),
    ...(written && { journal: written.journal }),
  })
  const shown = new Subscription()
  try {
    answerConsent(flow, prompt, view)
    shown.add(flow.transition$.subscribe((transition) => view.transition(transition)))
    shown.add(flow.progress$.subscribe((progress) => view.progress(progress)))
    shown.add(flow.retry$.subscribe((retry) => view.retry(retry)))
    const left = interrupts.second.then(async () => {
      noticeLeft(await Promise.race([written?.last(), impatient]), view)
      return outcomeWhenLeft(flow, embedded)
    })
    return await Promise.race([outcomeOf(flow), left])
  } finally {
    // One that is left goes on for a moment, and its outcome is the last thing that is shown.
    shown.unsubscribe()
    await Promise.race([journaled?.then((run) => run?.close()), impatient])
    ended.abort()
  }
}

/** The run whose last step was written down, if it has an id; or nobody knows whether it was. */
type Written = { id: string | undefined } | 'unknown'

function writeDown(journaled: Promise<OpenRun | undefined>, view: View) {
  let last: Promise<Written> | undefined
  let isTold = false
  const tell = (error: Error): Written => {
    if (!isTold) view.notice(visible(`plugin-flow: the run is not written down: ${error.message}`))
    isTold = true
    return 'unknown'
  }
  return {
    async journal(snapshot: InstallSnapshot) {
      const writing = journaled.then(async (run) => {
        await run?.write(snapshot)
        return { id: run?.id }
      })
      last = writing.catch(tell)
      await writing
    },
    /** Absent where nothing was to be written down yet, and so nothing was changed. */
    last: () => last,
  }
}

function noticeLeft(written: Written | undefined, view: View): void {
  if (written === 'unknown') {
    view.notice('plugin-flow: how far it came is not written down; plugin-flow runs tells what is')
  } else if (written?.id !== undefined) {
    view.notice(`plugin-flow rollback ${written.id} takes it back`)
  }
}
