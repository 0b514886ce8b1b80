import type { EngineClient } from '../http/connectEngine.ts'
import { fields, text } from './shape.ts'

/** `GET /version`: the engine's own version, for an engine that hides it in its `Server` header. */
export async function systemVersion(
  client: EngineClient,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await client.send(
    { operation: 'systemVersion', method: 'GET', path: '/version', local: true },
    signal,
  )
  return answer.json((value) => text(fields(value, 'the answer').Version, 'Version') || undefined)
}
