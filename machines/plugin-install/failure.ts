import { catalogue, type Failure, type InstallErrorCode, isEngineError } from '../errors.ts'

/** What a rejected call amounts to. Anything but an `EngineError` came from the host's own code. */
export function toFailure(error: unknown, state: string): Failure {
  if (isEngineError(error)) return makeFailure(error.code, state, error.message, error.details)
  return makeFailure('host-failed', state, `${catalogue['host-failed'].summary} ${nameOf(error)}`)
}

/** A failure of the catalogue, in its own words unless others say more. */
export function makeFailure(
  code: InstallErrorCode,
  state: string,
  message: string = catalogue[code].summary,
  details: Partial<Failure> = {},
): Failure {
  const { next, retryable } = catalogue[code]
  return { ...details, code, state, message, next, retryable }
}

/**
 * Whether an error is what an engine answered. Such a pull has created nothing; one that was cut may
 * have.
 */
export function isAnswer(error: unknown): boolean {
  if (!isEngineError(error)) return false
  const { inStream = false, status = 0 } = error.details
  return inStream || status >= 400
}

/** Only the kind: the text of an unknown error may hold anything. */
function nameOf(error: unknown): string {
  return `(${error instanceof Error ? error.name : typeof error})`
}
