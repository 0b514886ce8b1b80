import { isAxiosError } from 'axios'
import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import { EngineError, type EngineErrorDetails } from '../../../machines/errors.ts'
import { oneLine } from '../../../machines/oneLine.ts'
import { ConnectFailure } from '../words/connectFailure.ts'
import { sentence } from '../words/explain.ts'
import { type Obstacle, obstacleSentences } from '../words/obstacle.ts'
import type { Concern } from '../words/operation.ts'
import { transportFailure } from '../words/transportFailures.ts'
import type { DeadlineReason } from './deadline.ts'
import { SWITCHED } from './transport.ts'

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
])

/**
 * The only place that knows what axios and Node.js throw. Nothing of it survives but a code: an
 * AxiosError prints the headers of its request, credentials included, and holds an unread stream.
 */
export function toEngineError(
  error: unknown,
  concern: Concern,
  reason: DeadlineReason | undefined,
): EngineError {
  if (reason !== undefined) return outOfTime(concern, reason)
  if (error instanceof EngineError) return error
  const code = codeOf(error)
  if (code.startsWith('HPE_')) return protocolError(concern, 'something that is no HTTP')
  if (code === SWITCHED) return protocolError(concern, 'a switch to another protocol')
  if (CUT.has(code)) return connectionLost(concern)
  const obstacle = obstacleOf(error, code)
  const line = sentence(obstacleSentences[obstacle.code], concern, obstacle.why)
  return new EngineError(obstacle.code, line, {
    operation: concern.operation,
    ...(UNSENT.has(code) ? { unsent: true } : {}),
  })
}

/** Whether a request failed only because the pool handed out a socket that was dead already. */
export function isStaleSocket(error: unknown): boolean {
  const request: unknown = isAxiosError(error) ? error.request : undefined
  return CUT.has(codeOf(error)) && (request as { reusedSocket?: unknown })?.reusedSocket === true
}

/** What answered is not what was asked for. `what` completes "it answered pluginSet with …". */
export function protocolError(
  concern: Concern,
  what: string,
  details: EngineErrorDetails = {},
): EngineError {
  const line = `what answers at {host} does not speak as a Docker Engine does: it answered {operation} with ${what}`
  return fail(concern, 'engine-protocol', line, details)
}

/** The engine, or the way to it, went away before the answer was whole. */
export function connectionLost(concern: Concern): EngineError {
  return concern.operation === 'pluginPull'
    ? fail(
        concern,
        'pull-interrupted',
        'the connection to {host} ended in the middle of the pull of {subject}',
      )
    : fail(
        concern,
        'engine-unreachable',
        'the connection to {host} ended before {operation} of {subject} was answered',
      )
}

/** A proxy answered, because the engine behind it did not: it may have seen the call, or not. */
export function noAnswerBehind(concern: Concern, status: number): EngineError {
  return fail(
    concern,
    'engine-unreachable',
    `a proxy on the way to {host} had no answer of the engine to {operation} of {subject} (status ${status})`,
    { status },
  )
}

function outOfTime(concern: Concern, reason: DeadlineReason): EngineError {
  return reason === 'cancelled'
    ? fail(concern, 'cancelled', '{operation} of {subject} was cancelled')
    : fail(concern, 'timed-out', 'the engine at {host} took too long over {operation} of {subject}')
}

function fail(
  concern: Concern,
  code: InstallErrorCode,
  line: string,
  { status }: EngineErrorDetails = {},
): EngineError {
  return new EngineError(code, sentence(line, concern), {
    operation: concern.operation,
    ...(status === undefined ? {} : { status }),
  })
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
