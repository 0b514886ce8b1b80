import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { rememberingEngine } from '../../support/rememberingEngine.ts'
import { suite } from '../../support/suite.ts'
import { settled, virtualFlow } from '../../support/virtualFlow.ts'

const refused = new EngineError('enable-failed', 'the engine refused it', { status: 500 })

suite('a journal that does not answer', (test) => {
  test('is waited for ten seconds before something is taken back, and at the end', async () => {
    const engine = rememberingEngine()
    const asked: string[] = []
    const flow = virtualFlow(
      { ...engine, pluginEnable: () => Promise.reject(refused) },
      {
        grantAllPermissions: true,
        journal({ state }: InstallSnapshot) {
          asked.push(state)
          return /^roll/.test(state) ? new Promise<void>(() => {}) : undefined
        },
      },
    )
    let end = ''
    const ended = flow.result.catch(({ code, rollback }) => {
      end = `${code}, ${rollback.result}`
    })
    await settled()
    assert.equal(asked, ['pulling.streaming', 'enabling', 'rollingBack'])
    await flow.time.pass(9_999)
    assert.ok(engine.plugin(), 'it was not waited for')
    await flow.time.pass(1)
    assert.is(engine.plugin(), undefined)
    assert.is(flow.states.at(-1), 'rolledBack')
    assert.is(asked.at(-1), 'rolledBack')
    await flow.time.pass(9_999)
    assert.is(end, '')
    await flow.time.pass(1)
    await ended
    assert.is(end, 'enable-failed, removed')
  })
})
