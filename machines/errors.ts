import type { InstallErrorCode } from './catalogue.ts'
import type { PluginPrivilege } from './plugin.ts'

/** Where a failure came from, as far as it came from an engine. */
export interface EngineErrorDetails {
  /** Docker's `operationId` of the call. */
  operation?: string
  /** HTTP status of the answer, absent where none came. */
  status?: number
  /** The engine's own words: data from outside, to be shown as text and never parsed. */
  engineMessage?: string
  /** The next step of a person, where the words say more than their code. */
  next?: string
  /** The failure came as the last line of a stream that had answered 200. */
  inStream?: boolean
  /** No connection was made: the engine has seen nothing of the call. */
  unsent?: true
  /** An enable was refused because the plugin is enabled already, or because the engine is starting it. */
  alreadyEnabled?: 'done' | 'starting'
  /** The place that a mount or a device of the plugin is pointed at, where the engine cannot use it. */
  hostPath?: string
  /** The engine tells the failure of an attempt over http, which hides what the registry said over https. */
  masked?: true
  /** The engine's words tell of something between it and a registry that passes by itself. */
  transient?: true
  /** With `privileges-changed`, `privileges-not-enforced` and `digest-changed`, as far as it is known. */
  difference?: Difference
}

/** The difference between what was found and what was granted. */
export interface Difference {
  /** Privileges that were found and not granted, one value each. */
  added?: PluginPrivilege[]
  /** Privileges that were granted and not found, one value each. */
  removed?: PluginPrivilege[]
  digests?: { granted: string; found: string }
}

/** The details that a flow acts on, and that are no part of its failure. */
export const INTERNAL_DETAILS = [
  'unsent',
  'transient',
  'masked',
  'alreadyEnabled',
  'hostPath',
] as const satisfies readonly (keyof EngineErrorDetails)[]

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

/** True for the failure of an attempt over http, which tells nothing. */
export function isMasked(error: unknown): error is EngineError {
  return isEngineError(error) && error.details.masked === true
}

/** Why an install ended in `rolledBack`: plain data, the same in snapshots, logs and errors. */
export interface Failure extends Omit<EngineErrorDetails, (typeof INTERNAL_DETAILS)[number]> {
  code: InstallErrorCode
  /** The state in which it happened. */
  state: string
  /** One line for a person: what was wrong, with what. */
  message: string
  /** The next step of a person. */
  next: string
  retryable: boolean
}
