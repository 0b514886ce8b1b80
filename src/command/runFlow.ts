import { Subscription } from 'rxjs'
import type { InstallOutput } from '../../machines/plugin-install/types.ts'
import type { OpenRun } from '../journal/runJournal.ts'
import type { FlowOptions, PluginInstall } from '../types.ts'
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

/** Shows a flow, puts its questions to whoever is there, and resolves to how it ended, or was left. */
export async function runFlow(
  start: (options: FlowOptions) => PluginInstall,
  { embedded, login, journaled }: Driven,
  { view, prompt, interrupts, signal }: Run,
): Promise<InstallOutput> {
  const flow = start({
    signal,
    credentials: askCredentials(prompt, view, login?.username),
    ...(journaled && { journal: async (snapshot) => (await journaled)?.write(snapshot) }),
  })
  const shown = new Subscription()
  try {
    answerConsent(flow, prompt, view)
    shown.add(flow.transition$.subscribe((transition) => view.transition(transition)))
    shown.add(flow.progress$.subscribe((progress) => view.progress(progress)))
    shown.add(flow.retry$.subscribe((retry) => view.retry(retry)))
    const left = interrupts.second.then(async () => {
      const run = await journaled
      if (run) view.notice(`plugin-flow rollback ${run.id} takes it back`)
      return outcomeWhenLeft(flow, embedded)
    })
    return await Promise.race([outcomeOf(flow), left])
  } finally {
    // One that is left goes on for a moment, and its outcome is the last thing that is shown.
    shown.unsubscribe()
    await (await journaled)?.close()
  }
}
