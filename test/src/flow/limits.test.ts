import * as assert from 'uvu/assert'
import { connectionGate } from '../../../adapters/engine/http/connections.ts'
import { processLimits } from '../../../adapters/process/limits.ts'
import { isEngineError } from '../../../machines/errors.ts'
import { setLimits, sizeLimits } from '../../../src/flow/limits.ts'
import { flowGate } from '../../../src/flow/place.ts'
import { suite } from '../../support/suite.ts'

const inForce = () => ({ flows: flowGate.limit, connections: connectionGate.limit })

function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (isEngineError(error) && error.code === 'invalid-option') return error.message
    throw error
  }
  throw new Error('it was taken')
}

suite('the limits of a process', (test) => {
  const byItself = { flows: undefined, connections: undefined }

  /** With a variable of the environment, and no limit that the host has set. */
  function inEnvironment(value: string, act: () => void): void {
    const before = inForce()
    process.env.PLUGIN_FLOW_MAX_FLOWS = value
    try {
      act()
    } finally {
      delete process.env.PLUGIN_FLOW_MAX_FLOWS
      setLimits(before)
    }
  }

  test('a variable that is no number :: refused by its name', () =>
    inEnvironment('many', () => {
      assert.is(
        refusal(() => setLimits(byItself)),
        'the limit PLUGIN_FLOW_MAX_FLOWS: it must be a whole number from 1 to 100000',
      )
    }))

  test('set by nothing but a variable :: that, and else what the process can do', () =>
    inEnvironment('3', () => {
      const sized = { flows: 3, connections: processLimits().connections }
      assert.equal([setLimits(byItself), inForce()], [sized, sized])
      delete process.env.PLUGIN_FLOW_MAX_FLOWS
      sizeLimits()
      assert.equal(inForce(), sized)
      assert.equal(setLimits({}), processLimits())
    }))

  test('set by the host :: goes before the variable, and what is left out stays', () =>
    inEnvironment('3', () => {
      setLimits(byItself)
      assert.equal(setLimits({ flows: 5 }), { ...processLimits(), flows: 5 })
      assert.equal(setLimits({ connections: 7 }), { flows: 5, connections: 7 })
      assert.equal(inForce(), { flows: 5, connections: 7 })
    }))

  for (const limit of [0, -1, 1.5, Number.NaN, 100_001, '4']) {
    test(`${String(limit)} :: refused, and nothing changes`, () => {
      const before = inForce()
      const why = 'the limit flows: it must be a whole number from 1 to 100000'
      assert.is(
        refusal(() => setLimits({ flows: limit as number })),
        why,
      )
      assert.equal(inForce(), before)
    })
  }

  test('an unknown limit :: refused', () => {
    const limits = JSON.parse('{"sockets":4}')
    assert.is(
      refusal(() => setLimits(limits)),
      'the limit sockets: there is no such limit',
    )
  })
})
