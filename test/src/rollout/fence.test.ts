import * as assert from 'uvu/assert'
import { operations } from '../../../adapters/engine/api/operations.ts'
import type { OperationId } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { Engine } from '../../../src/flow/types.ts'
import { fenced } from '../../../src/rollout/fence.ts'
import { suite } from '../../support/suite.ts'

const options = { signal: new AbortController().signal }

suite('an engine behind a fence', (test) => {
  for (const [id, { method, kind }] of Object.entries(operations)) {
    const isLook = kind === 'look'
    test(`${id} :: is ${isLook ? 'sent' : 'not sent'} once the lease is lost`, async () => {
      const sent: OperationId[] = []
      const engine = {
        async call(operation: OperationId) {
          sent.push(operation)
        },
      } as unknown as Engine
      const lost = new EngineError('abandoned', 'lost')
      const behind = fenced(engine, () => Promise.reject(lost))
      const error = await behind.call(id as OperationId, {} as never, options).catch((e) => e)
      assert.equal([error, sent], isLook ? [undefined, [id]] : [lost, []])
      // The one look that is no GET logs in at a registry.
      if (method === 'GET') assert.ok(isLook)
      if (method !== 'GET') assert.is(isLook, id === 'systemAuth')
    })
  }
})
