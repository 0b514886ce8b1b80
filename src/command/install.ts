import type { OpenRun } from '../../adapters/journal/runJournal.ts'
import type { InstallOutput } from '../../machines/plugin-install/types.ts'
import type { ConnectedEngine } from '../flow/connect.ts'
import { installPlugin } from '../flow/installPlugin.ts'
import type { FlowOptions, InstallOptions, PluginInstall } from '../flow/types.ts'
import { visible } from '../text/visible.ts'
import { chooseView, questionOutput } from './chooseView.ts'
import type { Run as CommandRun, Outputs } from './commandEntry.ts'
import { type DryRun, dryRun, showPlan } from './dryRun.ts'
import type { InstallCommand } from './entries/install.ts'
import { installOptions } from './installOptions.ts'
import { catchInterrupts } from './interrupts.ts'
import { type OpenEngine, openEngine } from './openEngine.ts'
import { exitCode, outcomeOfBadEngine } from './outcome.ts'
import { createPrompt } from './prompt.ts'
import { readLogin, withLogin } from './readLogin.ts'
import { readPolicy } from './readPolicy.ts'
import { readSecrets } from './readSecrets.ts'
import { type Run, runFlow } from './runFlow.ts'
import { beginJournal } from './runs/beginJournal.ts'
import type { Surroundings } from './surroundings.ts'
import type { View } from './view.ts'

/** A flow that is ready to be started, and where it is written down. */
export interface ReadyFlow {
  start(options: FlowOptions): PluginInstall
  /** It is waited for before the first step that changes the engine, and not before those that look. */
  journaled?: Promise<OpenRun | undefined>
}

export const install: CommandRun<InstallCommand> = (command, surroundings, outputs) =>
  drive(command, surroundings, outputs, async (engine, options, view) => ({
    ...(command.embedded
      ? {}
      : { journaled: beginJournal(engine, command, { env: surroundings.env, view }) }),
    start: (more) => installPlugin(engine, { ...options, ...more }),
  }))

/** Runs one flow, and resolves to the exit status. Everything it opened is closed by then. */
export async function drive(
  command: InstallCommand,
  surroundings: Surroundings,
  outputs: Outputs,
  prepare: (engine: ConnectedEngine, options: InstallOptions, view: View) => Promise<ReadyFlow>,
): Promise<number> {
  const policy = await readPolicy(command)
  const secrets = await readSecrets(command)
  const open = () => openEngine(command, surroundings.env).catch(outcomeOfBadEngine)
  // No signal is heard while Docker's files are read, so none is caught before they have been. The engine
  // that is inside of this command reads none, and has a socket to remove.
  const opened = command.embedded ? undefined : await open()
  const view = chooseView(command, surroundings.env, outputs)
  const cancel = new AbortController()
  const interrupts = catchInterrupts(surroundings.signals, ({ reason }) => {
    // First the question is withdrawn, if there is one: the notice would stand on its line.
    cancel.abort()
    const next = command.dryRun ? '' : ', taking back; once more leaves at once'
    view.notice(`plugin-flow: ${visible(reason)}: cancelled${next}`)
  })
  const output = questionOutput(command, outputs)
  const prompt = createPrompt(surroundings, output, interrupts.interrupt)
  const run = { view, prompt, interrupts, signal: cancel.signal }
  const options = installOptions(command, cancel.signal, policy, secrets)
  try {
    const outcome = await withEngine(command, opened ?? (await open()), run, async (engine) => {
      if (command.embedded) view.notice(SIMULATION)
      if (command.dryRun) return dryRun(engine, options, command, outputs)
      const { start, journaled } = await prepare(engine, options, view)
      return runFlow(start, { ...command, ...(journaled && { journaled }) }, run)
    })
    if (outcome.state === 'planned') return showPlan(command, outcome.plan, outputs)
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
  opened: OpenEngine | InstallOutput,
  { prompt, signal }: Run,
  use: (engine: ConnectedEngine) => Promise<InstallOutput | DryRun>,
): Promise<InstallOutput | DryRun> {
  if ('state' in opened) return opened
  try {
    if (!command.login) return await use(opened.engine)
    const credentials = await readLogin(command.login, prompt, signal).catch(outcomeOfBadEngine)
    if (credentials && 'state' in credentials) return credentials
    return await use(withLogin(opened.engine, credentials))
  } finally {
    await opened.close()
  }
}
