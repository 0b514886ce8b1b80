import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import { findUses } from '../../../../machines/plugin-upgrade/steps/findUses.ts'
import { type Answers, fakeEngine } from '../../../support/fakePorts.ts'
import { sampleConfig } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'
import { observed } from '../../../support/upgradeChart.ts'

const name = 'acme/probe:1.0'
const container = (first: string, Driver = '', Networks: string[] = []) => ({
  Names: [first, '/web/alias'],
  Mounts: [{ Driver: '' }, { Driver }],
  Networks,
})

function find(Types: string[] | null, answers: Answers, signal = new AbortController().signal) {
  const engine = fakeEngine(answers)
  const plugin = observed(sampleConfig({ Interface: { Socket: '', Types } }))
  return { calls: engine.calls, uses: findUses(engine, plugin, signal) }
}

suite('findUses', (test) => {
  test('of a volume plugin :: its volumes, and the containers that mount one', async () => {
    const { calls, uses } = find(['docker.volumedriver/1.0'], {
      volumeList: async () => [{ Name: 'data' }],
      containerList: async () => [container('/web', name), container('/db', 'local', ['n'])],
    })
    assert.equal(await uses, { volumes: ['data'], networks: [], containers: ['web'] })
    assert.equal(calls, [`volumeList ${name}`, 'containerList'])
  })

  test('of a network plugin :: its networks, and the containers on one', async () => {
    const { calls, uses } = find(['docker.networkdriver/1.0'], {
      networkList: async () => [{ Name: 'lan' }],
      containerList: async () => [container('/web', '', ['lan', 'bridge']), container('/db')],
    })
    assert.equal(await uses, { volumes: [], networks: ['lan'], containers: ['web'] })
    assert.equal(calls, [`networkList ${name}`, 'containerList'])
  })

  test('of another kind of plugin, of which an engine tells nothing :: nothing is asked', async () => {
    for (const types of [['docker.logdriver/1.0'], null]) {
      const { calls, uses } = find(types, {})
      assert.equal(await uses, { volumes: [], networks: [], containers: [] })
      assert.equal(calls, [])
    }
  })

  test('an engine that does not tell, or a cancelled look :: unknown', async () => {
    const refuse = async () => Promise.reject(new EngineError('engine-failed', 'forbidden'))
    const answers = { volumeList: async () => [], containerList: refuse }
    assert.is(await find(['docker.volumedriver/1.0'], answers).uses, undefined)
    const { uses } = find(['docker.volumedriver/1.0'], answers, AbortSignal.abort())
    assert.is(await uses, undefined)
  })
})
