import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import type { InstallContext, InstallOutput } from '../../../machines/plugin-install/types.ts'
import {
  exitCode,
  outcomeOf,
  outcomeOfBadEngine,
  outcomeWhenLeft,
} from '../../../src/command/outcome.ts'
import { InstallError } from '../../../src/flow/installError.ts'
import type { PluginInstall } from '../../../src/flow/types.ts'
import { suite } from '../../support/suite.ts'
import { done, removed, rolledBack } from './views.ts'

suite('outcomeOf', (test) => {
  test('what the flow resolves to, and what it rejects with', async () => {
    const { plugin } = done
    assert.equal(await outcomeOf(flow({ result: Promise.resolve(plugin) })), done)
    const { failure, rollback } = rolledBack(removed)
    const result = Promise.reject(new InstallError(failure, rollback))
    assert.equal(await outcomeOf(flow({ result })), rolledBack(removed))
  })

  test('what no flow rejects with is thrown on', async () => {
    const broken = new TypeError('no such thing')
    const result = outcomeOf(flow({ result: Promise.reject(broken) }))
    assert.is(await result.catch((error: unknown) => error), broken)
  })

  test('an address that is none, and nothing else, is an outcome', () => {
    const outcome = outcomeOfBadEngine(new EngineError('invalid-option', 'it is no address'))
    assert.is(outcome.state === 'rolledBack' && outcome.failure.code, 'invalid-option')
    assert.throws(() => outcomeOfBadEngine(new TypeError('no such thing')), /no such thing/)
  })
})

suite('outcomeWhenLeft', (test) => {
  const pulling = { ownership: 'uncertain', enableRequested: false } as const

  test('a flow that has ended meanwhile is not left', () => {
    assert.is(outcomeWhenLeft(flow({ output: done }), false), done)
  })

  test('nothing of it is there yet', () => {
    const outcome = outcomeWhenLeft(flow({ context: { ...pulling, ownership: 'nothing' } }), false)
    assert.is(outcome.state === 'rolledBack' && outcome.failure.code, 'cancelled')
    assert.is(outcome.state === 'rolledBack' && outcome.failure.state, 'rollingBack')
    assert.equal(rollbackOf(outcome), { result: 'nothingToRemove' })
  })

  test('it may be there, under its name, with its id', () => {
    const names = { name: 'sshfs:latest', remote: '', registry: '' }
    const plugin = done.plugin.id
    const context = { names, plugin: { Id: plugin } as never, ...pulling, enableRequested: true }
    assert.equal(rollbackOf(outcomeWhenLeft(flow({ context }), false)), {
      result: 'failed',
      name: 'sshfs:latest',
      id: plugin,
      reason: 'this command was left before it had taken it back',
      command: 'docker plugin rm --force sshfs:latest',
    })
  })

  test('why it failed before it was left is told', () => {
    const { failure } = rolledBack(removed)
    const outcome = outcomeWhenLeft(flow({ context: { ...pulling, failure } }), false)
    assert.is(outcome.state === 'rolledBack' && outcome.failure, failure)
  })

  test('a simulated engine ends with the command', () => {
    const outcome = outcomeWhenLeft(flow({ context: pulling }), true)
    assert.equal(rollbackOf(outcome), { result: 'nothingToRemove' })
  })
})

suite('exitCode', (test) => {
  const interrupt = { exitCode: 130, reason: 'SIGINT' }

  test('done is 0, also when a signal came too late', () => {
    assert.is(exitCode(done, undefined), 0)
    assert.is(exitCode(done, interrupt), 0)
  })

  test('a failure is 1, wrong usage 2, and a signal its own', () => {
    const outcome = rolledBack(removed)
    assert.is(exitCode(outcome, undefined), 1)
    assert.is(exitCode(outcome, interrupt), 130)
    for (const code of ['invalid-reference', 'invalid-setting', 'invalid-option'] as const) {
      const failure = { ...outcome.failure, code }
      assert.is(exitCode({ ...outcome, failure }, undefined), 2)
    }
  })
})

function rollbackOf(outcome: InstallOutput) {
  return outcome.state === 'rolledBack' ? outcome.rollback : undefined
}

interface FlowParts {
  result?: PluginInstall['result']
  output?: InstallOutput
  context?: Partial<InstallContext>
}

/** As much of a flow as an outcome is made of. */
function flow({ result, output, context = {} }: FlowParts): PluginInstall {
  const input = { reference: 'vieux/sshfs' }
  return {
    result,
    actor: { getSnapshot: () => ({ output, context: { input, ...context } }) },
    snapshot: () => ({ version: 1, state: 'rollingBack', machine: {} }),
  } as unknown as PluginInstall
}
