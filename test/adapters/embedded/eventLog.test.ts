import * as assert from 'uvu/assert'
import { EventLog } from '../../../adapters/embedded/eventLog.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { call } from './call.ts'
import { get, holding, post, pull, withEngine } from './engines.ts'

const name = 'registry.test/a:latest'
const registries = holding({ a: definePlugin() })

suite('embedded events', (test) => {
  test('GET /events :: what happened to plugins, in order, by type, event and time', () =>
    withEngine({ registries }, async (engine) => {
      const began = Date.now() / 1_000
      await pull(engine, 'registry.test/a')
      await post(engine, `/plugins/${name}/enable?timeout=0`)
      await post(engine, `/plugins/${name}/disable`)
      await call(engine.host, { method: 'DELETE', path: `/plugins/${name}` })
      const told = async (query: string) => {
        const { body } = await get(engine, `/events?${query}`)
        return body
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line))
          .map(({ Action, Actor: { Attributes } }) => `${Action} ${Attributes.name}`)
      }
      const until = `until=${Date.now() / 1_000 + 1}`
      const whole = ['pull', 'enable', 'disable', 'remove'].map((action) => `${action} ${name}`)
      assert.equal(await told(until), whole)
      assert.equal(await told(''), whole)
      assert.equal(await told(`${until}&filters={"event":["remove"],"type":["plugin"]}`), [
        `remove ${name}`,
      ])
      assert.equal(await told(`${until}&filters={"type":{"container":true}}`), [])
      assert.equal(await told(`until=${began - 1}`), [])
      assert.equal(await told(`since=${began + 60}&${until}`), [])
      await engine.restart()
      assert.equal(await told(until), [])
    }))

  test('a log forgets all but its last events', () => {
    const log = new EventLog()
    for (let at = 0; at < 300; at++) log.add('pull', `${at}`, 'a')
    const kept = log.between(0, Number.POSITIVE_INFINITY)
    assert.equal([kept.length, kept[0]?.id, kept.at(-1)?.id], [EventLog.LENGTH, '44', '299'])
    log.clear()
    assert.equal(log.between(0, Number.POSITIVE_INFINITY), [])
  })
})
