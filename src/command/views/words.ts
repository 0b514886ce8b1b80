import type { ConsentRequest } from '../../../machines/consent.ts'
import { type Failure, isEngineError } from '../../../machines/errors.ts'
import { toFailure } from '../../../machines/failure.ts'
import { installQuestion, type Question } from '../install/consentQuestion.ts'
import { outcomeLines, outcomeWhenLeft, type Painted } from '../install/outcome.ts'
import { outcomeJson, withoutValues } from '../install/outcomeJson.ts'
import type { EngineSelection } from '../options/engine.ts'
import { writeLines } from '../processIo.ts'
import {
  describeUpgradeState,
  upgradeOutcomeJson,
  upgradeOutcomeLines,
  upgradeRequestJson,
  upgradeWhenLeft,
} from '../upgrade/upgradeOutcome.ts'
import { upgradeQuestion } from '../upgrade/upgradeQuestion.ts'
import {
  describeState,
  type RunOutcome,
  type RunSnapshot,
  type ShownRun,
  type StateWords,
  type ViewOptions,
} from './view.ts'

/** The words for the runs of one machine. */
interface RunWords<Snapshot, Outcome, Request> {
  /** The state that a run begins in. */
  first: string
  /** The states in which the engine pulls, which have layers to show. */
  pulls: readonly string[]
  /** The words for a state; one that is over at once, or is the end, has none. */
  describeState(path: string, run: ShownRun): StateWords | undefined
  question(...given: Parameters<Question<Request>>): string
  /** The request for programs, without the values of settings. */
  requestJson(request: Request): object
  /** Lines for a person about the end of a run, for `stdout` and for `stderr`. */
  outcomeLines(
    outcome: Outcome,
    run: ShownRun,
    outputs: Painted,
  ): { stdout: string[]; stderr: string[] }
  /** The end for programs, without the values of settings. */
  outcomeJson(outcome: Outcome, engine: EngineSelection): object
  /** The outcome of a run that has failed before it began. */
  notBegun(failure: Failure): Outcome
  /**
   * The facts about a run that is left before it has ended.
   *
   * @param recorded its id in the journal
   */
  whenLeft(snapshot: Snapshot, isEmbedded: boolean, recorded?: string): Outcome
}

/** The words of every machine that the command runs, by its id. */
const byMachine: Readonly<
  Record<ShownRun['machine'], RunWords<RunSnapshot, RunOutcome, ConsentRequest>>
> = {
  pluginInstall: {
    first: 'checkPrivileges',
    pulls: ['pulling'],
    describeState,
    question: installQuestion,
    requestJson: withoutValues,
    outcomeLines,
    outcomeJson,
    notBegun: (failure) => ({
      state: 'rolledBack',
      failure,
      rollback: { result: 'nothingToRemove' },
    }),
    whenLeft: outcomeWhenLeft,
  },
  pluginUpgrade: {
    first: 'reading',
    pulls: ['staging', 'upgrading'],
    describeState: describeUpgradeState,
    question: upgradeQuestion,
    requestJson: upgradeRequestJson,
    outcomeLines: upgradeOutcomeLines,
    outcomeJson: upgradeOutcomeJson,
    notBegun: (failure) => ({ state: 'rolledBack', failure, changed: false, remnants: [] }),
    whenLeft: upgradeWhenLeft,
  },
}

export function wordsOf({ machine }: Pick<ShownRun, 'machine'>) {
  return byMachine[machine]
}

/** Outcome of a flow that could not start because the engine or the login is invalid. */
export function outcomeOfBadStart(run: Pick<ShownRun, 'machine'>, error: unknown): RunOutcome {
  if (!isEngineError(error)) throw error
  const { first, notBegun } = wordsOf(run)
  return notBegun(toFailure(error, first))
}

/** Writes how a run ended, for a person. */
export function writeOutcome(
  outcome: RunOutcome,
  { run, stdout, stderr }: Omit<ViewOptions, 'now'>,
): void {
  const lines = wordsOf(run).outcomeLines(outcome, run, { stdout, stderr })
  writeLines(stdout, lines.stdout)
  writeLines(stderr, lines.stderr)
}
