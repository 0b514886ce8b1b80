import { catalogue, type InstallErrorCode } from './catalogue.ts'
import { type Failure, INTERNAL_DETAILS, isEngineError } from './errors.ts'

/**
 * The failure behind a rejected call. Of anything but an `EngineError` only the kind is shown: its message
 * may hold a secret.
 */
export function toFailure(error: unknown, state: string): Failure {
  if (isEngineError(error)) {
    const details = Object.fromEntries(
      Object.entries(error.details).filter(([name]) => !isInternal(name)),
    )
    return makeFailure(error.code, state, error.message, details)
  }
  return makeFailure('host-failed', state, `${catalogue['host-failed'].summary} (${kindOf(error)})`)
}

/** A failure of the catalogue, with its own words and next step unless others say more. */
export function makeFailure(
  code: InstallErrorCode,
  state: string,
  message: string = catalogue[code].summary,
  details: Partial<Failure> = {},
): Failure {
  const { next, retryable } = catalogue[code]
  return {
    ...details,
    code,
    state,
    message: escaped(message),
    next: escaped(details.next ?? next),
    retryable,
  }
}

/** Codes of an answer that is not the engine's own: what the engine itself did is not known. */
const NOT_OF_ENGINE: readonly InstallErrorCode[] = ['engine-protocol', 'engine-unreachable']

/**
 * Whether a pull that failed so has created nothing: the engine refused it, or never saw it. A pull
 * that was cut may have, and so may one that something on the way answered.
 */
export function createdNothing(error: unknown): boolean {
  if (!isEngineError(error)) return false
  const { inStream, status = 0, unsent } = error.details
  return unsent || inStream || (status >= 400 && !NOT_OF_ENGINE.includes(error.code))
}

/** The engine may have carried out what it answered with these codes. */
const NOT_DEFINITE: readonly InstallErrorCode[] = [...NOT_OF_ENGINE, 'disk-full']

/** True when the engine itself refused a call, and so has not carried it out. */
export function refusedDefinitely(error: unknown): boolean {
  if (!isEngineError(error)) return false
  return (error.details.status ?? 0) >= 400 && !NOT_DEFINITE.includes(error.code)
}

function isInternal(detail: string): boolean {
  return (INTERNAL_DETAILS as readonly string[]).includes(detail)
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}

/**
 * A message quotes references, names and settings: what would break a line, or hide or turn a part of it
 * (CVE-2021-42574), stands there as its number.
 */
function escaped(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
