import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import { defined } from '../../../machines/defined.ts'
import { EngineError, type EngineErrorDetails } from '../../../machines/errors.ts'
import { oneLine } from '../../../machines/text.ts'
import { type CallContext, PULLS, sentence } from '../words/sentences.ts'
import {
  ConnectFailure,
  type Obstacle,
  obstacleSentences,
  transportFailure,
} from '../words/transportFailures.ts'
import type { DeadlineReason } from './deadline.ts'
import { isAxiosError } from './httpModules.ts'

/** The code for an answer that switched to another protocol. */
export const SWITCHED = 'ERR_SWITCHED_PROTOCOL'

/** The request was sent, or may have been, when the connection ended. */
const CUT: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

/** No connection was made. Other codes may also be those of one that was there already. */
const UNSENT: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ECONNREFUSED',
  'EACCES',
  'EPERM',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNECTFAILED',
  'EAGAIN',
  'EMFILE',
  'ENFILE',
])

/**
 * The only place that knows what axios and Node.js throw. Nothing of it survives but a code: an
 * AxiosError prints the headers of its request, credentials included, and holds an unread stream.
 */
export function toEngineError(
  error: unknown,
  context: CallContext,
  reason: DeadlineReason | undefined,
): EngineError {
  if (reason !== undefined) return outOfTime(context, reason)
  if (error instanceof EngineError) return error
  const code = codeOf(error)
  if (code.startsWith('HPE_')) return protocolError(context, 'something that is no HTTP')
  if (code === SWITCHED) return protocolError(context, 'a switch to another protocol')
  if (CUT.has(code)) return connectionLost(context)
  const obstacle = obstacleOf(error, code)
  const line = sentence(obstacleSentences[obstacle.code], context, obstacle.why)
  return new EngineError(obstacle.code, line, {
    operation: context.operation,
    ...(UNSENT.has(code) ? { unsent: true } : {}),
  })
}

/** The error for a call that was cancelled before anything was sent. */
export function cancelledBeforeSent(context: CallContext): EngineError {
  return outOfTime(context, 'cancelled')
}

/** Whether a request failed only because the pool handed out a socket that was dead already. */
export function isStaleSocket(error: unknown): boolean {
  const request: unknown = isAxiosError(error) ? error.request : undefined
  return CUT.has(codeOf(error)) && (request as { reusedSocket?: unknown })?.reusedSocket === true
}

/** The answer is of something else than what was asked for. `what` completes "it answered pluginSet with …". */
export function protocolError(
  context: CallContext,
  what: string,
  details: EngineErrorDetails = {},
): EngineError {
  const line = `what answers at {host} does not speak as a Docker Engine does: it answered {operation} with ${what}`
  return fail(context, 'engine-protocol', line, details)
}

/** The engine, or the way to it, went away before the answer was whole. */
export function connectionLost(context: CallContext): EngineError {
  return PULLS.includes(context.operation)
    ? fail(
        context,
        'pull-interrupted',
        'the connection to {host} ended in the middle of the pull of {subject}',
      )
    : fail(
        context,
        'engine-unreachable',
        'the connection to {host} ended before {operation} of {subject} was answered',
      )
}

/** A proxy answered, because the engine behind it did not: it may have seen the call, or not. */
export function noAnswerBehind(context: CallContext, status: number): EngineError {
  return fail(
    context,
    'engine-unreachable',
    `a proxy on the way to {host} had no answer of the engine to {operation} of {subject} (status ${status})`,
    { status },
  )
}

/** A proxy answered that this client may not use it, or not reach the engine through it. */
export function notLetIn(context: CallContext, status: number): EngineError {
  return fail(
    context,
    'engine-access-denied',
    `what stands before the engine at {host} does not let this client in: it answered {operation} with a web page (status ${status})`,
    { status },
  )
}

function outOfTime(context: CallContext, reason: DeadlineReason): EngineError {
  return reason === 'cancelled'
    ? fail(context, 'cancelled', '{operation} of {subject} was cancelled')
    : fail(context, 'timed-out', 'the engine at {host} took too long over {operation} of {subject}')
}

function fail(
  context: CallContext,
  code: InstallErrorCode,
  line: string,
  { status }: EngineErrorDetails = {},
): EngineError {
  const details = defined({ operation: context.operation, status })
  return new EngineError(code, sentence(line, context), details)
}

/** axios keeps what it was given as the cause. */
function obstacleOf(error: unknown, code: string): Obstacle {
  const cause: unknown = (error as { cause?: unknown } | null)?.cause
  if (cause instanceof ConnectFailure) return cause.obstacle
  return transportFailure(code, cause instanceof Error ? cause.message : '')
}

function codeOf(error: unknown): string {
  const code: unknown = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? oneLine(code) : ''
}
