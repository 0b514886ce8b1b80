import * as assert from 'uvu/assert'
import type { SystemEvent } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import { wasRemoved } from '../../../machines/steps/wasRemoved.ts'
import { type Answers, engineOf, rejection, unreachable } from '../../support/fakePorts.ts'
import { suite } from '../../support/suite.ts'

const name = 'acme/probe:1.0'
/** The engine's clock is far from that of this host. */
const ENGINE_TIME = Date.UTC(2001, 0, 1)

function ask(answers: Answers, since = new Date(Date.now() - 60_000).toISOString()) {
  const calls: string[] = []
  const engine = engineOf(
    { systemInfo: async () => ({ id: 'engine', systemTime: ENGINE_TIME }), ...answers },
    (call) => calls.push(call),
  )
  const answer = wasRemoved(engine, { name, since }, new AbortController().signal)
  return { answer, calls }
}

const remembers = (...events: SystemEvent[]): Answers => ({ systemEvents: async () => events })

suite('wasRemoved', (test) => {
  test('a removal of that name counts, and nothing else', async () => {
    assert.is(await ask(remembers({ action: 'remove', name })).answer, true)
    for (const other of [
      { action: 'remove', name: `${name}.1` },
      { action: 'remove', name: '' },
      { action: 'disable', name },
    ]) {
      assert.is(await ask(remembers(other)).answer, false)
    }
    assert.is(await ask(remembers()).answer, false)
  })

  test('is asked for by the clock of the engine', async () => {
    let asked: { since: number; until: number } | undefined
    const { answer } = ask({
      async systemEvents({ filters, ...range }) {
        asked = range
        assert.equal(filters, { type: ['plugin'], event: ['remove'] })
        return []
      },
    })
    await answer
    assert.is(asked?.until, ENGINE_TIME)
    const age = ENGINE_TIME - (asked?.since ?? 0)
    assert.ok(age >= 60_000 && age < 120_000, `${age}`)
  })

  test('an engine without a clock :: is asked by that of this host', async () => {
    const refuse = () => Promise.reject(new EngineError('engine-failed', 'a proxy forbids it'))
    for (const systemInfo of [async () => ({ id: 'engine' }), refuse]) {
      let until = 0
      const { answer } = ask({
        systemInfo,
        async systemEvents(range) {
          until = range.until
          return [{ action: 'remove', name }]
        },
      })
      assert.is(await answer, true)
      assert.ok(Math.abs(Date.now() - until) < 60_000, `${until}`)
    }
  })

  test('an engine without events, and a time that is no time, are no evidence', async () => {
    const event = remembers({ action: 'remove', name })
    const refuse = async () => {
      throw new EngineError('engine-failed', 'a proxy forbids it')
    }
    assert.is(await ask({ systemEvents: refuse }).answer, false)
    const { answer, calls } = ask(event, 'no date')
    assert.equal([await answer, calls], [false, []])
  })

  test('an engine that is away is not judged', async () => {
    const { answer } = ask({ systemEvents: () => Promise.reject(unreachable) })
    assert.is((await rejection(answer)).code, 'engine-unreachable')
  })

  test('ends with its signal', async () => {
    const signal = AbortSignal.abort()
    const cancelled = new EngineError('cancelled', 'it was cancelled')
    const engine = engineOf({ systemInfo: () => Promise.reject(cancelled) })
    const since = new Date().toISOString()
    assert.is(await rejection(wasRemoved(engine, { name, since }, signal)), cancelled)
  })
})
