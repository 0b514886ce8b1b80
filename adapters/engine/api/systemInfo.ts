import type { Operation } from './operation.ts'
import { fields, name } from './shape.ts'

/** `GET /info`: what tells one engine from another. */
export const systemInfo: Operation<'systemInfo'> = {
  kind: 'look',
  method: 'GET',
  path: () => '/info',
  read: (answer) => answer.json((value) => ({ id: name(fields(value, 'the answer').ID, 'ID') })),
}
