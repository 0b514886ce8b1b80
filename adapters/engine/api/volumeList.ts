import { filtersQuery, type Operation } from './operation.ts'
import { fields, listOrNull, name, objectOf } from './shape.ts'

const named = objectOf({ Name: name })

/** `GET /volumes`. The driver tells which there are, on this engine or elsewhere: one that is listed need not be in use. */
export const volumeList: Operation<'volumeList'> = {
  kind: 'look',
  method: 'GET',
  path: ({ driver }) => `/volumes${filtersQuery({ driver: [driver] })}`,
  read: (answer) =>
    answer.json((value) => listOrNull(fields(value, 'the answer').Volumes, 'Volumes', named) ?? []),
}
