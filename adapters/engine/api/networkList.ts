import { filtersQuery, type Operation } from './operation.ts'
import { listOrNull, name, objectOf } from './shape.ts'

const named = objectOf({ Name: name })

/** `GET /networks`. */
export const networkList: Operation<'networkList'> = {
  kind: 'look',
  method: 'GET',
  path: ({ driver }) => `/networks${filtersQuery({ driver: [driver] })}`,
  read: (answer) => answer.json((value) => listOrNull(value, 'the answer', named) ?? []),
}
