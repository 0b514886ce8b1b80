import type { InstallOutput } from '../../machines/plugin-install/types.ts'
import { installPlugin } from '../installPlugin.ts'
import type { Engine } from '../types.ts'
import { answerConsent } from './answerConsent.ts'
import { chooseView, questionOutput } from './chooseView.ts'
import type { Outputs } from './commandEntry.ts'
import type { InstallCommand } from './entries/install.ts'
import { installOptions } from './installOptions.ts'
import { catchInterrupts, type Interrupts } from './interrupts.ts'
import { type OpenEngine, openEngine } from './openEngine.ts'
import { exitCode, outcomeOf, outcomeOfBadEngine, outcomeWhenLeft } from './outcome.ts'
import { createPrompt, type Prompt } from './prompt.ts'
import type { Surroundings } from './surroundings.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'

/** Runs one install, and resolves to the exit status. Everything it opened is closed by then. */
export async function install(
  command: InstallCommand,
  surroundings: Surroundings,
  outputs: Outputs,
): Promise<number> {
  const view = chooseView(command, surroundings.env, outputs)
  const cancel = new AbortController()
  const interrupts = catchInterrupts(surroundings.signals, ({ reason }) => {
    // First the question is withdrawn, if there is one: the notice would stand on its line.
    cancel.abort()
    view.notice(`plugin-flow: ${visible(reason)}: cancelled, taking back; once more leaves at once`)
  })
  const prompt = createPrompt(surroundings, questionOutput(command, outputs))
  try {
    const outcome = await withEngine(command, surroundings.env, (engine) => {
      if (command.embedded) view.notice(SIMULATION)
      return runFlow(engine, command, { view, prompt, interrupts, signal: cancel.signal })
    })
    const code = exitCode(outcome, interrupts.first)
    view.outcome(outcome, code)
    return code
  } finally {
    view.close()
    interrupts.release()
  }
}

const SIMULATION = 'simulation: the embedded engine downloads, runs and keeps nothing'

async function withEngine(
  command: InstallCommand,
  env: Surroundings['env'],
  use: (engine: Engine) => Promise<InstallOutput>,
): Promise<InstallOutput> {
  let open: OpenEngine
  try {
    open = await openEngine(command, env)
  } catch (error) {
    return outcomeOfBadEngine(error)
  }
  try {
    return await use(open.engine)
  } finally {
    await open.close()
  }
}

interface Run {
  view: View
  prompt: Prompt
  interrupts: Interrupts
  signal: AbortSignal
}

async function runFlow(
  engine: Engine,
  command: InstallCommand,
  { view, prompt, interrupts, signal }: Run,
): Promise<InstallOutput> {
  const flow = installPlugin(engine, installOptions(command, signal))
  answerConsent(flow, prompt, view)
  flow.transition$.subscribe((transition) => view.transition(transition))
  flow.progress$.subscribe((progress) => view.progress(progress))
  const left = interrupts.second.then(() => outcomeWhenLeft(flow, command.embedded))
  return Promise.race([outcomeOf(flow), left])
}
