import type { DockerWarning } from '../../../adapters/docker/configFile.ts'
import type { ConsentRequest } from '../../../machines/consent.ts'
import type { CredentialsRequest } from '../../../machines/engine.ts'
import type { InstallOutput } from '../../../machines/plugin-install/types.ts'
import type { Progress } from '../../../machines/progress.ts'
import type { Retry } from '../../../machines/retry.ts'
import type { Transition } from '../../flow/types.ts'
import { visible } from '../../text/visible.ts'
import { outcomeLines } from '../install/outcome.ts'
import type { EngineSelection } from '../options/engine.ts'
import { type Output, writeLines } from '../processIo.ts'

/** Shows a run: on a terminal, as lines, or as JSON. */
export interface View {
  transition(transition: Transition): void
  progress(progress: Progress): void
  /** A call failed and is about to be tried again. */
  retry(retry: Retry): void
  /** A question follows: nothing may be drawn over it until the next transition. */
  asking(request: ConsentRequest | CredentialsRequest): void
  /** One line, already fit to be shown. */
  notice(line: string): void
  /** A warning that a notice has shown, for programs. */
  warning?(warning: DockerWarning): void
  /** The end; nothing is shown after it. */
  outcome(outcome: InstallOutput, exitCode: number): void
  /** Leaves the terminal as it was found. Called on every way out. */
  close(): void
}

/** The facts about a run that a view shows besides its events. */
export interface ShownRun extends EngineSelection {
  reference: string
  /** Number of settings, the secret ones included. */
  settingCount: number
  keepOnFailure: boolean
  /** It is taken back because that was asked for. */
  rollBack?: boolean
}

export interface ViewOptions {
  run: ShownRun
  stdout: Output
  stderr: Output
  /** In milliseconds. */
  now: () => number
}

/** The name of the outermost state of a path: `pulling` for `pulling.streaming`. */
export function stateName(path: string): string {
  return path.split('.', 1)[0] ?? path
}

/** Says what happens in a state, for a person who waits for it. */
export function describeState(path: string, run: ShownRun): string {
  const { reference, settingCount, keepOnFailure } = run
  const texts: Readonly<Record<string, string>> = {
    checkPrivileges: `looking up the privileges of ${visible(reference)}`,
    reauth: 'the registry requires credentials',
    awaitConsent: 'waiting for consent',
    'pulling.streaming': 'the engine pulls the plugin',
    'pulling.verifying': 'comparing what was installed with what was granted',
    configuring: settingCount === 1 ? 'setting 1 value' : `setting ${settingCount} values`,
    enabling: 'the engine starts the plugin and waits for its socket',
    rollingBack: keepOnFailure ? 'looking at what is left' : 'taking back what was installed',
  }
  return texts[path] ?? ''
}

/** Writes how a run ended, for a person. */
export function writeOutcome(
  outcome: InstallOutput,
  { run, stdout, stderr }: Omit<ViewOptions, 'now'>,
): void {
  const lines = outcomeLines(outcome, run)
  writeLines(stdout, lines.stdout)
  writeLines(stderr, lines.stderr)
}
