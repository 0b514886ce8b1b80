import { defined } from '../../../machines/defined.ts'
import type { Operation } from './operation.ts'
import { fields, name } from './shape.ts'

/** `GET /info`: the ID, and the clock where it can be read. */
export const systemInfo: Operation<'systemInfo'> = {
  kind: 'look',
  method: 'GET',
  path: () => '/info',
  read: (answer) =>
    answer.json((value) => {
      const { ID, SystemTime } = fields(value, 'the answer')
      const time = typeof SystemTime === 'string' ? Date.parse(SystemTime) : Number.NaN
      return defined({ id: name(ID, 'ID'), systemTime: Number.isNaN(time) ? undefined : time })
    }),
}
