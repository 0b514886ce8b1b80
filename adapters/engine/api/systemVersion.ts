import { defined } from '../../../machines/defined.ts'
import type { Operation } from './operation.ts'
import { fields, text } from './shape.ts'

/** `GET /version`: the architecture, and the version for an engine that hides it in its `Server` header. */
export const systemVersion: Operation<'systemVersion'> = {
  kind: 'look',
  method: 'GET',
  path: () => '/version',
  read: (answer) =>
    answer.json((value) => {
      const { Version, Arch } = fields(value, 'the answer')
      return defined({
        version: text(Version, 'Version') || undefined,
        arch: text(Arch, 'Arch') || undefined,
      })
    }),
}
