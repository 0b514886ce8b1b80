import * as assert from 'uvu/assert'
import { queueOf } from '../../../src/command/options/queue.ts'
import { suite } from '../../support/suite.ts'
import { onStage } from './stage.ts'

suite('worker options', (test) => {
  for (const [line, why] of [
    ['worker', 'worker needs --queue URL, or PLUGIN_FLOW_QUEUE'],
    ['worker sshfs', 'worker takes no arguments'],
    ['worker --parallel 0', '--parallel takes a whole number up to 1000, and not "0"'],
    ['worker --parallel 1001', '--parallel takes a whole number up to 1000, and not "1001"'],
    ['worker --parallel all', '--parallel takes a whole number up to 1000, and not "all"'],
    ['worker --zone=', '--zone takes the name of a zone'],
  ] as const) {
    test(`${line} :: exit status 2, and why`, () =>
      onStage(async ({ command }) => {
        const { code, stderr } = await command(...line.split(' '))
        assert.is(code, 2)
        assert.match(stderr, `plugin-flow: ${why}`)
      }))
  }

  test('the queue is that of the option, else that of the environment, else none', () => {
    const env = { PLUGIN_FLOW_QUEUE: 'redis://environment' }
    assert.is(queueOf({ queue: 'redis://option' }, env), 'redis://option')
    assert.is(queueOf({}, env), 'redis://environment')
    assert.is(queueOf({ queue: '' }, {}), undefined)
  })
})
