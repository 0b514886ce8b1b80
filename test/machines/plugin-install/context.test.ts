import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import { initialContext, required } from '../../../machines/plugin-install/context.ts'
import { isOwnEarlierPull } from '../../../machines/plugin-install/events.ts'
import type { Resumed } from '../../../machines/plugin-install/types.ts'
import { agreed, digest, sampleInput } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

suite('initialContext', (test) => {
  const input = sampleInput()
  const fresh = {
    input,
    names: {
      name: 'acme/probe:1.0',
      remote: 'docker.io/acme/probe:1.0',
      registry: 'docker.io',
    },
    ownership: 'nothing',
    enableRequested: false,
    asksPerson: false,
    credentialsAttempt: 0,
    changes: 0,
  }

  test('a new run :: nothing is known, not even as undefined', () => {
    assert.equal(initialContext({ input }), fresh)
  })

  test('a run that an earlier process began :: all that it knew', () => {
    const known = {
      ownership: 'uncertain',
      enableRequested: true,
      consent: agreed,
      pulledDigest: digest,
      pullBegan: '2026-01-01T00:00:00.000Z',
    } as const
    const resumed: Resumed = { ...known, id: 'f'.repeat(64) }
    assert.equal(initialContext({ input: { ...input, resumed } }), {
      ...fresh,
      ...known,
      input: { ...input, resumed },
    })
  })

  test('a part that is missing :: named', () => {
    assert.throws(
      () => required(initialContext({ input }), 'plugin'),
      /^the flow has no plugin yet$/,
    )
  })
})

suite('isOwnEarlierPull', (test) => {
  const resumed: Resumed = { ownership: 'uncertain', enableRequested: false }
  const input = { ...sampleInput(), resumed }
  const failed = (error: unknown) =>
    isOwnEarlierPull(
      { input },
      { type: 'xstate.error.actor.pluginPull', actorId: 'pluginPull', error },
    )

  test('only a refusal of the engine says so', () => {
    assert.ok(failed(new EngineError('already-exists', 'taken')))
    assert.not(failed(new EngineError('engine-failed', 'no')))
    assert.not(failed(Object.assign(new Error('a fault'), { code: 'already-exists' })))
    assert.not(failed(undefined))
    assert.not(isOwnEarlierPull({ input }, { type: 'install.cancel' }))
  })
})
