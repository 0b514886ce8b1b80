import type { CallOptions, PullResult } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { JSONMessage } from '../../../machines/plugin.ts'
import type { EngineAnswer } from '../http/sendRequest.ts'
import { DIGEST } from './distributionInspect.ts'
import { createPullEnd } from './pullEnd.ts'
import { createStallDetector } from './stallDetector.ts'

/**
 * Reads the stream of a pull or an upgrade. One that answered 200 can still fail, by an error line; a
 * stream that ends without one is a success, one that ends inside a line or before its first line was cut.
 * Where the end of the connection is the end of the stream, it was cut unless its lines are those of a
 * whole pull. A stream that tells nothing new for `timeouts.idle` is given up.
 */
export async function readPull(
  answer: EngineAnswer,
  { onMessage }: Pick<CallOptions, 'onMessage'>,
): Promise<PullResult> {
  let digest: string | undefined
  const end = createPullEnd()
  await answer.eachMessage(createStallDetector(), (message) => {
    const words = message.errorDetail?.message || message.error
    if (words !== undefined || message.errorDetail !== undefined) {
      throw answer.refused({ words: words ?? '', inStream: true })
    }
    digest ??= digestIn(message)
    end.add(message)
    show(onMessage, message, answer)
  })
  if (answer.endsWithConnection && !end.isReached()) throw answer.interrupted()
  const name = answer.header('docker-plugin-name')
  return { ...(name ? { name } : {}), ...(digest === undefined ? {} : { digest }) }
}

function digestIn({ status }: JSONMessage): string | undefined {
  const digest = /^Digest: (\S+)$/.exec(status ?? '')?.[1]
  return digest !== undefined && DIGEST.test(digest) ? digest : undefined
}

/** An error of the host's function must not look like a failure of the engine. */
function show(
  onMessage: CallOptions['onMessage'],
  message: JSONMessage,
  { context: { operation, subject }, clean }: EngineAnswer,
): void {
  if (!onMessage) return
  const shown = clean.data(message)
  try {
    onMessage(shown)
  } catch (error) {
    const thrown = error instanceof Error ? error.name : typeof error
    throw new EngineError(
      'host-failed',
      `the function that takes the progress of ${subject} threw (${thrown})`,
      { operation },
    )
  }
}
