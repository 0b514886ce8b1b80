import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import type { InstallOutput, Resumed } from '../../../machines/plugin-install/types.ts'
import { exitCode, outcomeOf, outcomeWhenLeft } from '../../../src/command/install/outcome.ts'
import { outcomeOfBadStart } from '../../../src/command/views/words.ts'
import { InstallError, type PluginInstall } from '../../../src/index.ts'
import { suite } from '../../support/suite.ts'
import { shownRun } from './collect.ts'
import { done, removed, rolledBack } from './views.ts'

suite('outcomeOf', (test) => {
  test('is that of the flow, whether it resolves or rejects', async () => {
    const { plugin } = done
    assert.is(await outcomeOf(flow({ result: Promise.resolve(plugin), outcome: done })), done)
    const outcome = rolledBack(removed)
    const result = Promise.reject(new InstallError(outcome.failure, outcome.rollback))
    assert.is(await outcomeOf(flow({ result, outcome })), outcome)
  })

  test('an error that is not a failure of the flow is rethrown', async () => {
    const broken = new TypeError('no such thing')
    const result = outcomeOf(flow({ result: Promise.reject(broken) }))
    assert.is(await result.catch((error: unknown) => error), broken)
  })

  test('an invalid address, and no other error, is an outcome', () => {
    const outcome = outcomeOfBadStart(
      shownRun(),
      new EngineError('invalid-option', 'it is no address'),
    )
    assert.is(outcome.state === 'rolledBack' && outcome.failure.code, 'invalid-option')
    assert.throws(
      () => outcomeOfBadStart(shownRun(), new TypeError('no such thing')),
      /no such thing/,
    )
  })
})

suite('outcomeWhenLeft', (test) => {
  const pulling = { ownership: 'uncertain', enableRequested: false } as const

  test('a flow that has ended meanwhile is not left', () => {
    assert.is(outcomeWhenLeft(flow({ outcome: done }).snapshot(), false), done)
  })

  test('nothing of it is there yet', () => {
    const outcome = outcomeWhenLeft(
      flow({ run: { ...pulling, ownership: 'nothing' } }).snapshot(),
      false,
    )
    assert.is(outcome.state === 'rolledBack' && outcome.failure.code, 'cancelled')
    assert.is(outcome.state === 'rolledBack' && outcome.failure.state, 'rollingBack')
    assert.equal(rollbackOf(outcome), { result: 'nothingToRemove' })
  })

  test('it may be there, under its name, with its id', () => {
    const { id } = done.plugin
    const left = flow({ name: 'sshfs:latest', run: { ...pulling, id, enableRequested: true } })
    assert.equal(rollbackOf(outcomeWhenLeft(left.snapshot(), false)), {
      result: 'failed',
      name: 'sshfs:latest',
      id,
      reason: 'this command ended before the rollback was complete',
      command: 'docker plugin rm --force sshfs:latest',
    })
  })

  test('names the failure from before it was left', () => {
    const { failure } = rolledBack(removed)
    const outcome = outcomeWhenLeft(flow({ run: { ...pulling, failure } }).snapshot(), false)
    assert.is(outcome.state === 'rolledBack' && outcome.failure, failure)
  })

  test('a simulated engine ends with the command', () => {
    const outcome = outcomeWhenLeft(flow({ run: pulling }).snapshot(), true)
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
  outcome?: InstallOutput
  name?: string
  run?: Partial<Resumed>
}

/** As much of a flow as an outcome is made of. */
function flow({ result, outcome, name, run }: FlowParts): PluginInstall {
  const input = { reference: 'vieux/sshfs' }
  return {
    result,
    snapshot: (): Partial<InstallSnapshot> =>
      ({ version: 1, state: 'rollingBack', input, outcome, name, run }) as never,
  } as unknown as PluginInstall
}
