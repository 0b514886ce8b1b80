import type { Operation } from './operation.ts'
import { fields, text } from './shape.ts'

/** `GET /version`: the engine's own version, for an engine that hides it in its `Server` header. */
export const systemVersion: Operation<'systemVersion'> = {
  kind: 'look',
  method: 'GET',
  path: () => '/version',
  read: (answer) =>
    answer.json((value) => text(fields(value, 'the answer').Version, 'Version') || undefined),
}
