import { defined } from '../../../machines/defined.ts'
import type { CallOptions, PullResult } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { JSONMessage } from '../../../machines/plugin.ts'
import type { EngineAnswer } from '../http/sendRequest.ts'
import { DIGEST } from './distributionInspect.ts'

/**
 * Reads the stream of a pull or an upgrade. A pull that was answered with 200 can still fail, by an error line; a
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
    const told = digestIn(message)
    if (told !== undefined && told !== (digest ?? told)) throw answer.invalid('two digests')
    digest ??= told
    end.add(message)
    show(onMessage, message, answer)
  })
  if (answer.endsWithConnection && !end.isReached()) throw answer.interrupted()
  const name = answer.header('docker-plugin-name')
  return defined({ name: name || undefined, digest })
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

/** More than any plugin has. Layers beyond that are not remembered. */
const MAX_LAYERS = 10_000
const ENDS = ['Already exists', 'Download complete', 'Complete']

/**
 * Follows the layers of a pull to their last lines, `Download complete` and `Complete` in either order; a
 * layer that the engine has already is `Already exists` first (recordings `pull.big`, `pull.big-throttled`,
 * `pull.same-content-second-alias`).
 */
function createPullEnd() {
  const layers = new Map<string, Set<string>>()
  let hasDigest = false
  return {
    add({ id = '', status = '' }: JSONMessage) {
      hasDigest ||= status.startsWith('Digest: ')
      if (id === '' || status.startsWith('Pulling from ') || layers.size === MAX_LAYERS) return
      const told = layers.get(id) ?? new Set()
      if (ENDS.includes(status)) told.add(status)
      layers.set(id, told)
    },
    /** Whether nothing more is to come: the digest was told, and each layer was fetched and extracted. */
    isReached: () =>
      hasDigest &&
      layers.size > 0 &&
      [...layers.values()].every(
        (told) =>
          told.has('Complete') && (told.has('Download complete') || told.has('Already exists')),
      ),
  }
}

/** In characters, of a line's id and status. */
const MAX_LINE = 256
/** A download that fails begins anew; an engine tries it five times. */
const MAX_RESTARTS = 10

/**
 * Returns a function that tells which lines of a pull's stream are new: a status that a layer has not had, and more
 * bytes than it had. While a registry hangs, engine 20.10.24 repeats its last lines ten times a second. Whatever is more
 * than any plugin has is no news, so that no stream goes on by it.
 */
export function createStallDetector(): (message: JSONMessage) => boolean {
  const seen = new Map<string, { current: number; restarts: number }>()
  return ({ id = '', status = '', progressDetail }) => {
    const line = `${status} ${id}`
    if (line.length > MAX_LINE) return false
    const { current = 0 } = progressDetail ?? {}
    const last = seen.get(line)
    if (!last) {
      if (seen.size < MAX_LAYERS) seen.set(line, { current, restarts: 0 })
      return seen.has(line)
    }
    if (current === last.current) return false
    if (current < last.current && ++last.restarts > MAX_RESTARTS) return false
    last.current = current
    return true
  }
}
