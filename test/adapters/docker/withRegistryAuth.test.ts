import * as assert from 'uvu/assert'
import { withRegistryAuth } from '../../../adapters/docker/registryAuth.ts'
import { assertTellsNothing, PLANTED_HEADER, refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { inputs, never, operationIds, willing, withHttpEngine } from '../engine/engineFixture.ts'

suite('withRegistryAuth', (test) => {
  test('the credentials go with the calls that reach a registry, and with no other', () =>
    withHttpEngine(willing, async (engine, { requests }) => {
      const asking = withRegistryAuth(engine, { header: () => PLANTED_HEADER })
      for (const id of operationIds) await asking.call(id, inputs[id], { signal: never })
      const sent = requests
        .filter(({ headers }) => headers['x-registry-auth'] === PLANTED_HEADER)
        .map(({ url }) => url.replace(/\?.*/, ''))
      assert.equal(sent.sort(), [
        '/v1.41/auth',
        '/v1.41/distribution/acme/probe:1.0/json',
        '/v1.41/plugins/privileges',
        '/v1.41/plugins/probe:1.0/upgrade',
        '/v1.41/plugins/pull',
      ])
      assertTellsNothing(asking)
    }))

  test('without credentials :: no login is tried', () =>
    withHttpEngine(willing, async (engine, { requests }) => {
      const asking = withRegistryAuth(engine, { header: () => undefined })
      const { details } = await refusedWith('unauthorized', () =>
        asking.call('systemAuth', inputs.systemAuth, { signal: never }),
      )
      assert.equal(details, { unsent: true })
      assert.equal(requests, [])
    }))

  test('they are asked for at every call', () =>
    withHttpEngine(willing, async (engine, { requests }) => {
      const headers = [undefined, 'first', 'second']
      const asking = withRegistryAuth(engine, { header: () => headers.shift() })
      for (let call = 0; call < 3; call++) {
        await asking.call('getPluginPrivileges', inputs.getPluginPrivileges, { signal: never })
      }
      assert.equal(
        requests.slice(1).map((request) => request.headers['x-registry-auth']),
        [undefined, 'first', 'second'],
      )
    }))
})
