import * as assert from 'uvu/assert'
import { operations } from '../../../adapters/engine/api/operations.ts'
import type { OperationId } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { Engine } from '../../../src/flow/types.ts'
import { fenced, withConsent } from '../../../src/rollout/fence.ts'
import { engineOf } from '../../support/fakePorts.ts'
import { hostNetwork } from '../../support/samples.ts'
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

suite('an engine with a consent', (test) => {
  const pulls = { pluginPull: async () => ({}), pluginUpgrade: async () => ({}) }
  const input = { remote: 'docker.io/acme/plain:1.0', name: 'acme/plain:1.0' }
  for (const id of ['pluginPull', 'pluginUpgrade'] as const) {
    test(`${id} :: is sent with the privileges that were agreed to, and with no others`, async () => {
      const sent: string[] = []
      const engine = withConsent(
        engineOf(pulls, (call) => sent.push(call)),
        [hostNetwork],
      )
      assert.equal(await engine.call(id, { ...input, privileges: [hostNetwork] }, options), {})
      assert.is(sent.length, 1)
      const error = await engine
        .call(id, { ...input, privileges: [] }, options)
        .catch((thrown) => thrown)
      assert.equal([error.code, sent.length], ['consent-mismatch', 1])
    })
  }
})
