import * as assert from 'uvu/assert'
import type { OperationId } from '../../../../machines/engine.ts'
import { EngineError } from '../../../../machines/errors.ts'
import { defaultPolicy } from '../../../../src/flow/retry/policy.ts'
import type { RememberingEngine } from '../../../support/rememberingEngine.ts'
import { rememberingEngine } from '../../../support/rememberingEngine.ts'
import { suite } from '../../../support/suite.ts'
import { run, settled, type VirtualFlow, virtualFlow } from '../../../support/virtualFlow.ts'

const options = { grantAllPermissions: true, settings: ['DEBUG=1'] }
const unsent = new EngineError('engine-unreachable', 'nothing listens there', { unsent: true })
const lost = new EngineError('engine-unreachable', 'the connection ended')
const cut = new EngineError('pull-interrupted', 'the connection ended in the middle of the pull')
const late = new EngineError('timed-out', 'the engine took too long')
const overloaded = new EngineError('registry-unreachable', 'the registry is overloaded', {
  operation: 'distributionInspect',
  status: 500,
  engineMessage: 'received unexpected HTTP status: 503 Service Unavailable',
  transient: true,
})

/** Fails so often with these, then does what it would have done. */
function after<Args extends unknown[], T>(
  errors: readonly Error[],
  call: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const left = [...errors]
  return (...args) => {
    const error = left.shift()
    return error ? Promise.reject(error) : call(...args)
  }
}

function count({ engine }: VirtualFlow, operation: OperationId): number {
  return engine.calls.filter((call) => call.split(' ')[0] === operation).length
}

suite('a flow that tries again', (test) => {
  test('an engine that does not run :: fails at once, and no retry is reported', async () => {
    const flow = virtualFlow({ systemPing: () => Promise.reject(unsent) })
    await settled()
    assert.equal(flow.states, ['checkPrivileges', 'rolledBack'])
    assert.is(flow.time.now(), 0)
    assert.equal(flow.engine.calls, ['systemPing'])
    assert.equal(flow.retries, [])
  })

  test('an engine that goes away between its answers, and a registry that is overloaded', async () => {
    const engine = rememberingEngine()
    const flow = virtualFlow(
      {
        ...engine,
        getPluginPrivileges: after([lost, unsent], engine.getPluginPrivileges),
        distributionInspect: after([overloaded], engine.distributionInspect),
      },
      options,
    )
    assert.is(await run(flow), 3_000)
    assert.is((await flow.result).name, 'acme/probe:1.0')
    const told = flow.retries.map(({ state, message, attempt, delay }) => [
      state,
      message,
      attempt,
      delay,
    ])
    const state = 'checkPrivileges'
    assert.equal(told, [
      [state, lost.message, 2, 1_000],
      [state, overloaded.message, 2, 1_000],
      [state, unsent.message, 3, 2_000],
    ])
    for (const change of ['pluginPull', 'pluginSet', 'pluginEnable'] as const) {
      assert.is(count(flow, change), 1)
    }
  })

  test('the verification is a look-up', async () => {
    const engine = rememberingEngine()
    const looks: (Error | undefined)[] = [undefined, lost, late]
    const pluginInspect: RememberingEngine['pluginInspect'] = (...call) => {
      const error = looks.shift()
      return error ? Promise.reject(error) : engine.pluginInspect(...call)
    }
    const flow = virtualFlow({ ...engine, pluginInspect }, options)
    await run(flow)
    assert.is((await flow.result).name, 'acme/probe:1.0')
    assert.equal(
      flow.retries.map(({ state, code }) => `${state} ${code}`),
      ['pulling engine-unreachable', 'pulling timed-out'],
    )
  })

  test('changes that the engine has not seen are made again', async () => {
    const engine = rememberingEngine()
    const flow = virtualFlow(
      {
        ...engine,
        pluginPull: after([unsent], engine.pluginPull),
        pluginSet: after([unsent, unsent], engine.pluginSet),
        pluginEnable: after([unsent], engine.pluginEnable),
      },
      options,
    )
    await run(flow)
    assert.is((await flow.result).name, 'acme/probe:1.0')
    assert.ok(engine.plugin()?.Enabled)
    assert.equal(
      flow.retries.map(({ state, attempt }) => `${state} ${attempt}`),
      ['pulling 2', 'configuring 2', 'configuring 3', 'enabling 2'],
    )
  })

  test('changes that it may have seen are not, and are taken back', async () => {
    for (const [change, error] of [
      ['pluginPull', cut],
      ['pluginSet', lost],
      ['pluginEnable', late],
    ] as const) {
      const engine = rememberingEngine()
      const flow = virtualFlow({ ...engine, [change]: () => Promise.reject(error) }, options)
      await run(flow)
      assert.is(count(flow, change), 1)
      assert.is(flow.actor.getSnapshot().context.failure?.code, error.code)
      assert.is(engine.plugin(), undefined)
    }
  })

  test('a pull that the engine never saw has created nothing :: it is not looked up', async () => {
    const flow = virtualFlow(
      { ...rememberingEngine(), pluginPull: () => Promise.reject(unsent) },
      options,
    )
    await run(flow)
    assert.is(count(flow, 'pluginPull'), defaultPolicy.retry.attempts)
    assert.equal(flow.actor.getSnapshot().context.rollback, { result: 'nothingToRemove' })
    assert.is(count(flow, 'pluginInspect'), 1, 'that of the look-up')
  })

  test('cancel while it waits :: at once, in whatever state', async () => {
    const calls = [
      'getPluginPrivileges',
      'distributionInspect',
      'pluginPull',
      'pluginSet',
      'pluginEnable',
    ]
    for (const call of calls) {
      const engine = rememberingEngine()
      const flow = virtualFlow({ ...engine, [call]: () => Promise.reject(unsent) }, options)
      await settled()
      assert.is(flow.retries.length, 1, call)
      assert.ok(flow.cancel())
      await settled()
      assert.is(flow.states.at(-1), 'rolledBack', call)
      assert.is(flow.time.now(), 0)
      assert.is(flow.actor.getSnapshot().context.failure?.code, 'cancelled')
      assert.is(engine.plugin(), undefined, call)
      assert.is(flow.engine.calls.filter((one) => one.startsWith(call)).length, 1)
    }
  })

  test('attempts to take back are reported, too', async () => {
    const engine = rememberingEngine()
    const flow = virtualFlow(
      {
        ...engine,
        pluginEnable: () => Promise.reject(late),
        pluginDelete: after([lost, lost], engine.pluginDelete),
      },
      options,
    )
    await run(flow)
    assert.is(flow.actor.getSnapshot().context.rollback?.result, 'removed')
    assert.equal(
      flow.retries.map(({ state, attempt, attempts, delay }) => [state, attempt, attempts, delay]),
      [
        ['rollingBack', 2, 8, 250],
        ['rollingBack', 3, 8, 500],
      ],
    )
  })

  test('an attempt to take back is one, whatever fails of it', async () => {
    const engine = rememberingEngine()
    let looks = 0
    const flow = virtualFlow(
      {
        ...engine,
        pluginEnable: () => Promise.reject(late),
        pluginInspect: (...call) =>
          ++looks > 3 ? Promise.reject(lost) : engine.pluginInspect(...call),
      },
      options,
    )
    await run(flow)
    assert.is(flow.actor.getSnapshot().context.rollback?.result, 'failed')
    const { attempts } = defaultPolicy.rollback
    assert.is(looks, 3 + attempts)
    assert.equal(
      flow.retries.map(({ attempt }) => attempt),
      [2, 3, 4, 5, 6, 7, 8],
    )
  })

  test('a rollback that has no time for another attempt says what is left, and does not run out', async () => {
    const engine = rememberingEngine()
    const flow = virtualFlow(
      {
        ...engine,
        pluginEnable: () => Promise.reject(late),
        pluginDelete: () => Promise.reject(lost),
      },
      { ...options, policy: { timeouts: { rollingBack: 1_000 } } },
    )
    await run(flow)
    const { rollback } = flow.actor.getSnapshot().context
    assert.is(rollback?.result, 'failed')
    assert.is(rollback?.result === 'failed' && rollback.reason, lost.message)
    assert.is(flow.retries.length, 2)
  })

  test('nothing is tried again where that is not wanted', async () => {
    const engine = rememberingEngine()
    const flow = virtualFlow(
      {
        ...engine,
        distributionInspect: () => Promise.reject(lost),
        getPluginPrivileges: async () => ({ privileges: [], hidden: true }),
      },
      { ...options, policy: { retry: { attempts: 1 } } },
    )
    await settled()
    assert.is(flow.states.at(-1), 'rolledBack')
    assert.equal(flow.retries, [])
  })
})
