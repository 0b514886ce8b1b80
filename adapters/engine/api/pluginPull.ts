import type { PullRequest, PullResult } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { JSONMessage } from '../../../machines/plugin.ts'
import type { EngineClient } from '../http/connectEngine.ts'
import { JSONStreamError, jsonStream } from '../http/jsonStream.ts'
import type { EngineAnswer } from '../http/sendRequest.ts'
import { connectionLost, protocolError, toEngineError } from '../http/toEngineError.ts'
import { explain } from '../words/explain.ts'
import type { Concern } from '../words/operation.ts'
import { DIGEST } from './distributionInspect.ts'
import { assertPlainName } from './plainName.ts'
import { createPullNews } from './pullNews.ts'

export interface PluginPullInput extends PullRequest {
  /** Value of `X-Registry-Auth`: a secret. */
  registryAuth?: string | undefined
}

/**
 * `POST /plugins/pull`. A pull that answered 200 can still fail, by an error line; a stream that ends
 * without one is a success, one that ends inside a line or before its first line was cut. One that
 * tells nothing new for `timeouts.idle` is given up. Aborting cancels the pull on the engine, too
 * (recording `pull.client-gone`).
 */
export async function pluginPull(
  client: EngineClient,
  { remote, name, privileges, registryAuth, onMessage }: PluginPullInput,
  signal: AbortSignal,
): Promise<PullResult> {
  const operation = 'pluginPull'
  assertPlainName(remote, operation)
  assertPlainName(name, operation)
  const concern: Concern = { operation, subject: remote, localName: name, host: client.host }
  const path = `/plugins/pull?remote=${encodeURIComponent(remote)}&name=${encodeURIComponent(name)}`
  const answerWithin = client.timeouts.pull
  const answer = await client.send(
    { ...concern, method: 'POST', path, json: privileges, registryAuth, answerWithin },
    signal,
  )
  let digest: string | undefined
  const take = (message: JSONMessage) => {
    if (signal.aborted) throw toEngineError(undefined, concern, 'cancelled')
    const words = message.errorDetail?.message || message.error
    if (words !== undefined || message.errorDetail !== undefined) {
      throw explain(concern, { words: answer.clean.words(words ?? ''), inStream: true })
    }
    digest ??= digestIn(message)
    tell(onMessage, answer.clean.data(message), concern)
  }
  await follow(answer, take, concern, client.timeouts.idle)
  const told = answer.header('docker-plugin-name')
  return { ...(told ? { name: told } : {}), ...(digest === undefined ? {} : { digest }) }
}

async function follow(
  answer: EngineAnswer,
  take: (message: JSONMessage) => void,
  concern: Concern,
  idleMs: number,
): Promise<void> {
  const isNews = createPullNews()
  let empty = true
  let heard = performance.now()
  try {
    for await (const messages of jsonStream(answer.chunks())) {
      empty = false
      for (const message of messages) {
        take(message)
        if (isNews(message)) heard = performance.now()
      }
      if (performance.now() - heard > idleMs) throw toEngineError(undefined, concern, 'timed-out')
    }
  } catch (error) {
    if (!(error instanceof JSONStreamError)) throw error
    throw error.kind === 'truncated'
      ? connectionLost(concern)
      : protocolError(concern, error.message)
  }
  if (empty) throw connectionLost(concern)
}

function digestIn({ status }: JSONMessage): string | undefined {
  const digest = /^Digest: (\S+)$/.exec(status ?? '')?.[1]
  return digest !== undefined && DIGEST.test(digest) ? digest : undefined
}

/** A host's function that throws would otherwise look like a failure of the engine. */
function tell(
  onMessage: PullRequest['onMessage'],
  message: JSONMessage,
  { operation, subject }: Concern,
): void {
  try {
    onMessage?.(message)
  } catch (error) {
    const what = error instanceof Error ? error.name : typeof error
    throw new EngineError(
      'host-failed',
      `the function that takes the progress of ${subject} threw (${what})`,
      { operation },
    )
  }
}
