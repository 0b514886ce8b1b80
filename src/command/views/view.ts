import type { DockerWarning } from '../../../adapters/docker/configFile.ts'
import type { ConsentRequest } from '../../../machines/consent.ts'
import type { CredentialsRequest } from '../../../machines/engine.ts'
import type { Queued } from '../../../machines/gate.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import type { InstallOutput } from '../../../machines/plugin-install/types.ts'
import type { UpgradeSnapshot } from '../../../machines/plugin-upgrade/snapshot.ts'
import type { UpgradeOutput } from '../../../machines/plugin-upgrade/types.ts'
import type { Progress } from '../../../machines/progress.ts'
import type { Retry } from '../../../machines/retry.ts'
import type { Transition } from '../../flow/types.ts'
import { inOrder } from '../../text/visible.ts'
import type { EngineSelection } from '../options/engine.ts'
import type { Output } from '../processIo.ts'

/** Of the machines that the command runs. */
export type RunSnapshot = InstallSnapshot | UpgradeSnapshot
export type RunOutcome = InstallOutput | EndedUpgrade

/** The end of an upgrade, with the id of its run where the journal still has it. */
export type EndedUpgrade = UpgradeOutput & { run?: string }

/** Shows a run: on a terminal, as lines, or as JSON. */
export interface View {
  transition(transition: Transition): void
  progress(progress: Progress): void
  /** A call failed and is about to be tried again. */
  retry(retry: Retry): void
  /** Others of this process are at work, and the flow waits for its place. */
  queued(queued: Queued): void
  /** A question follows: nothing may be drawn over it until the next transition. */
  asking(request: ConsentRequest | CredentialsRequest): void
  /** One line, already fit to be shown. */
  notice(line: string): void
  /** A warning that a notice has shown, for programs. */
  warning?(warning: DockerWarning): void
  /** The end; nothing is shown after it. */
  outcome(outcome: RunOutcome, exitCode: number): void
  /** Leaves the terminal as it was found. Called on every way out. */
  close(): void
}

/** The facts about a run that a view shows besides its events. */
export interface ShownRun extends EngineSelection {
  /** Id of the machine: it decides the words. */
  machine: 'pluginInstall' | 'pluginUpgrade'
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

/** The words for a state that a person reads. */
export interface StateWords {
  /** While it lasts, and where it fails. */
  doing: string
  /** Once it has ended well. */
  done: string
  /** In a listing: `left: pulling`. */
  short: string
}

/** The words for a state of an install; the final ones have none. */
export function describeState(
  path: string,
  run: Pick<ShownRun, 'reference' | 'settingCount' | 'keepOnFailure'>,
): StateWords | undefined {
  switch (path) {
    case 'checkPrivileges': {
      const what = `the privileges of ${inOrder(run.reference)}`
      return { doing: `looking up ${what}`, done: `looked up ${what}`, short: 'looking up' }
    }
    case 'reauth':
      return {
        doing: 'the registry requires credentials',
        done: 'credentials were given',
        short: 'logging in',
      }
    case 'awaitConsent':
      return {
        doing: 'waiting for consent',
        done: 'the privileges were granted',
        short: 'asking',
      }
    case 'pulling.streaming':
      return { doing: 'pulling the plugin', done: 'pulled the plugin', short: 'pulling' }
    case 'pulling.verifying':
      return {
        doing: 'comparing what was installed with what was granted',
        done: 'pulled and verified the plugin',
        short: 'verifying',
      }
    case 'configuring': {
      const what = run.settingCount === 1 ? '1 value' : `${run.settingCount} values`
      return { doing: `setting ${what}`, done: `set ${what}`, short: 'setting' }
    }
    case 'enabling':
      return {
        doing: 'starting the plugin, and waiting for its socket',
        done: 'started the plugin',
        short: 'starting',
      }
    case 'rollingBack':
      return {
        short: 'taking back',
        ...(run.keepOnFailure
          ? { doing: 'looking at what is left', done: 'looked at what is left' }
          : { doing: 'taking back what was installed', done: 'took back what was installed' }),
      }
    default:
      return undefined
  }
}
