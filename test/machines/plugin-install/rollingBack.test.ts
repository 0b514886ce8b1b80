import * as assert from 'uvu/assert'
import { makeFailure } from '../../../machines/failure.ts'
import { takeBackInput } from '../../../machines/plugin-install/inputs.ts'
import type { RollbackReport } from '../../../machines/plugin-install/types.ts'
import { after, at, done, failed, send } from '../../support/chart.ts'
import { edge } from '../../support/edges.ts'
import { pluginId } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'

const removed: RollbackReport = { result: 'removed', name: 'acme/probe:1.0', id: pluginId }

suite('rollingBack', (test) => {
  edge(
    test,
    'rollingBack · done(takeBack) → rolledBack',
    at('rollingBack'),
    done('takeBack', removed),
    ({ output }) => {
      assert.is(output?.state, 'rolledBack')
      if (output?.state !== 'rolledBack') return
      assert.equal(output.rollback, removed)
      assert.is(output.failure.code, 'enable-failed')
    },
  )

  edge(
    test,
    'rollingBack · error(takeBack) → rolledBack',
    at('rollingBack'),
    failed('takeBack', 'engine-unreachable'),
    ({ context }) => {
      assert.equal(context.rollback, {
        result: 'failed',
        name: 'acme/probe:1.0',
        reason: 'the sample of engine-unreachable',
        command: 'docker plugin rm --force acme/probe:1.0',
        id: pluginId,
      })
      assert.is(context.failure?.code, 'enable-failed', 'why it failed first is what counts')
    },
  )

  edge(
    test,
    'rollingBack · after(rollingBackTimeout) → rolledBack',
    at('rollingBack'),
    after('rollingBackTimeout', 'rollingBack'),
    ({ context }) => {
      assert.is(context.rollback?.result, 'failed')
      assert.match(JSON.stringify(context.rollback), 'took too long')
    },
  )

  test('rollingBack :: no cancel reaches it', () => {
    assert.not(at('rollingBack').can({ type: 'install.cancel' }))
    assert.is(send(at('rollingBack'), { type: 'install.cancel' }).value, 'rollingBack')
  })

  test('rollingBack :: what an earlier process was pulling may be installed yet', () => {
    const failure = makeFailure('cancelled', 'pulling')
    const request = (ownership: 'uncertain' | 'created') => {
      const resumed = { ownership, enableRequested: false, failure }
      const { value, context } = at('checkPrivileges', { resumed })
      assert.is(value, 'rollingBack')
      return takeBackInput({ context })
    }
    assert.not('id' in request('created'), 'an earlier process that had not seen it')
    assert.is(request('uncertain').hadContent, 'perhaps')
    assert.is(request('created').hadContent, 'no')
  })

  test('rollingBack :: what an earlier process had seen is removed by its id', () => {
    const failure = makeFailure('cancelled', 'enabling')
    const resumed = { ownership: 'created', enableRequested: true, id: pluginId, failure } as const
    assert.equal(takeBackInput(at('checkPrivileges', { resumed })), {
      name: 'acme/probe:1.0',
      remote: 'docker.io/acme/probe:1.0',
      ownership: 'created',
      enableRequested: true,
      onFailure: 'remove',
      hadContent: 'no',
      id: pluginId,
    })
  })
})
