import { catalogue, type InstallErrorCode } from './catalogue.ts'
import type { PluginPrivilege } from './plugin.ts'

/** Where a failure came from, as far as it came from an engine. */
export interface EngineErrorDetails {
  /** Docker's `operationId` of the call. */
  operation?: string
  /** HTTP status of the answer, absent where none came. */
  status?: number
  /** The engine's own words: data from outside, to be shown as text and never parsed. */
  engineMessage?: string
  /** What a person does next, where the words tell more than their code. */
  next?: string
  /** The failure came as the last line of a stream that had answered 200. */
  inStream?: boolean
  /** No connection was made: the engine has seen nothing of the call. */
  unsent?: true
  /** An enable was refused because the plugin is enabled already, or because the engine is starting it. */
  alreadyEnabled?: 'done' | 'starting'
  /** The engine's words tell of something between it and a registry that passes by itself. */
  transient?: true
  /** With `privileges-changed`, `privileges-not-enforced` and `digest-changed`, as far as it is known. */
  difference?: Difference
}

/** What was found, compared with what was granted. */
export interface Difference {
  /** Privileges that were found and not granted, one value each. */
  added?: PluginPrivilege[]
  /** Privileges that were granted and not found, one value each. */
  removed?: PluginPrivilege[]
  digests?: { granted: string; found: string }
}

/** The one error that a port rejects with. It never holds a request, a header or a secret. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: InstallErrorCode
  readonly details: EngineErrorDetails

  constructor(code: InstallErrorCode, message: string, details: EngineErrorDetails = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** Works across copies of this package, where `instanceof` does not. */
export function isEngineError(error: unknown): error is EngineError {
  return error instanceof Error && error.name === 'EngineError' && 'code' in error
}

/** Why an install ended in `rolledBack`: plain data, the same in snapshots, logs and errors. */
export interface Failure
  extends Omit<EngineErrorDetails, 'unsent' | 'transient' | 'alreadyEnabled'> {
  code: InstallErrorCode
  /** The state in which it happened. */
  state: string
  /** One line for a person: what was wrong, with what. */
  message: string
  /** What a person does next. */
  next: string
  retryable: boolean
}

/**
 * The failure behind a rejected call. Of anything but an `EngineError` only the kind is shown: its message
 * may hold a secret.
 */
export function toFailure(error: unknown, state: string): Failure {
  if (isEngineError(error)) {
    const { unsent: _, transient: __, alreadyEnabled: ___, ...details } = error.details
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
 * Whether a pull that failed so has created nothing: the engine refused it, or never saw it. One that
 * was cut may have, and one that something on the way answered.
 */
export function createdNothing(error: unknown): boolean {
  if (!isEngineError(error)) return false
  const { inStream = false, status = 0, unsent = false } = error.details
  return unsent || inStream || (status >= 400 && !NOT_OF_ENGINE.includes(error.code))
}

/** The engine may have carried out what it answered with these codes. */
const NOT_DEFINITE: readonly InstallErrorCode[] = [...NOT_OF_ENGINE, 'disk-full']

/** True when the engine itself refused a call, and so has not carried it out. */
export function refusedDefinitely(error: unknown): boolean {
  if (!isEngineError(error)) return false
  return (error.details.status ?? 0) >= 400 && !NOT_DEFINITE.includes(error.code)
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
