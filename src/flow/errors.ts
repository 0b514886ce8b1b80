import type { InstallErrorCode } from '../../machines/catalogue.ts'
import type { Failure } from '../../machines/errors.ts'
import type { RollbackReport } from '../../machines/plugin-install/types.ts'
import type { UpgradeOutput } from '../../machines/plugin-upgrade/types.ts'

/** The reason that `result` rejects with: why the install failed, and what is on the engine now. */
export class InstallError extends Error {
  override readonly name = 'InstallError'
  /** Stable: match on it. */
  readonly code: InstallErrorCode
  /** The state in which it happened. */
  readonly state: string
  /** The next step for a person. */
  readonly next: string
  /** Whether the same install can succeed when it is tried again, unchanged. */
  readonly retryable: boolean
  /** The whole failure as plain data: HTTP status, the engine's own words, … */
  readonly failure: Failure
  /** The rollback of what this run had created. */
  readonly rollback: RollbackReport

  constructor(failure: Failure, rollback: RollbackReport) {
    super(failure.message)
    this.code = failure.code
    this.state = failure.state
    this.next = failure.next
    this.retryable = failure.retryable
    this.failure = failure
    this.rollback = rollback
  }
}

/** Works across copies of this package, where `instanceof` does not. */
export function isInstallError(error: unknown): error is InstallError {
  return error instanceof Error && error.name === 'InstallError' && 'rollback' in error
}

/** The reason that the `result` of an upgrade rejects with: why it failed, and what is on the engine now. */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError'
  /** Stable: match on it. */
  readonly code: InstallErrorCode
  /** The state in which it happened. */
  readonly state: string
  /** The next step for a person. */
  readonly next: string
  /** Whether the same upgrade can succeed when it is tried again, unchanged. */
  readonly retryable: boolean
  readonly failure: Failure
  /** `rolledBack`: the old version is there as it was; `stranded`: it is not, and the outcome says what mends it. */
  readonly outcome: Exclude<UpgradeOutput, { state: 'done' }>

  constructor(outcome: Exclude<UpgradeOutput, { state: 'done' }>) {
    super(outcome.failure.message)
    this.code = outcome.failure.code
    this.state = outcome.failure.state
    this.next = outcome.failure.next
    this.retryable = outcome.failure.retryable
    this.failure = outcome.failure
    this.outcome = outcome
  }
}

/** Works across copies of this package, where `instanceof` does not. */
export function isUpgradeError(error: unknown): error is UpgradeError {
  return error instanceof Error && error.name === 'UpgradeError' && 'outcome' in error
}
