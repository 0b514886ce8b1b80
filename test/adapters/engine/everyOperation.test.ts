import { suite } from '../../support/suite.ts'
import { failsAsEveryOperation } from './commonFailures.ts'
import { inputs, operationIds } from './engineFixture.ts'
import { namesNoPlugin } from './hostileNames.ts'

for (const id of operationIds) {
  suite(`${id} :: failure as of every operation`, (test) => failsAsEveryOperation(test, id))

  for (const field of ['remote', 'name'] as const) {
    if (field in inputs[id]) suite(`${id} :: ${field}`, (test) => namesNoPlugin(test, id, field))
  }
}
