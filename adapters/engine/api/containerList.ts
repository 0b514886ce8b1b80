import type { ContainerSummary } from '../../../machines/engine.ts'
import type { Operation } from './operation.ts'
import { fields, listOf, listOrNull, objectOf, objectOrNone, string, text } from './shape.ts'

const summary = objectOf({
  Names: listOf(string),
  Mounts: listOf(objectOf({ Driver: text })),
  NetworkSettings: objectOrNone({ Networks: (value, at) => fields(value ?? {}, at) }),
})

/** `GET /containers/json`. The rest of what it shows, such as command lines, may hold secrets and is dropped. */
export const containerList: Operation<'containerList'> = {
  kind: 'look',
  method: 'GET',
  path: () => '/containers/json?all=1',
  read: (answer) => answer.json((value) => listOrNull(value, 'the answer', readSummary) ?? []),
}

function readSummary(value: unknown, at: string): ContainerSummary {
  const { Names, Mounts, NetworkSettings } = summary(value, at)
  return {
    Names: Names ?? [],
    Mounts: (Mounts ?? []).map(({ Driver }) => ({ Driver })),
    Networks: Object.keys(NetworkSettings.Networks),
  }
}
