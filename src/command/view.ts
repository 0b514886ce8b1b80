import type { CredentialsRequest } from '../../machines/engine.ts'
import type { ConsentRequest, InstallOutput } from '../../machines/plugin-install/types.ts'
import type { Progress } from '../flow/progress.ts'
import type { Retry, Transition } from '../flow/types.ts'

/** Shows a run: on a terminal, as lines, or as JSON. */
export interface View {
  transition(transition: Transition): void
  progress(progress: Progress): void
  /** Something is about to be tried again. */
  retry(retry: Retry): void
  /** Somebody is about to be asked: nothing may be drawn over the question until the next transition. */
  asking(request: ConsentRequest | CredentialsRequest): void
  /** One line, already fit to be seen. */
  notice(line: string): void
  /** The end; nothing is shown after it. */
  outcome(outcome: InstallOutput, exitCode: number): void
  /** Leaves the terminal as it was found. Every way out comes through here. */
  close(): void
}
