import * as assert from 'uvu/assert'
import type { InputOf, SystemEvent } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import { wasRemoved } from '../../../machines/steps/wasRemoved.ts'
import { type Answers, engineOf, rejection, unreachable } from '../../support/fakePorts.ts'
import { suite } from '../../support/suite.ts'

const name = 'acme/probe:1.0'
/** The engine's clock is far from that of this host. */
const ENGINE_TIME = Date.UTC(2001, 0, 1)

function ask(answers: Answers, since = aMinuteAgo()) {
  const calls: string[] = []
  const engine = engineOf(
    { systemInfo: async () => ({ id: 'engine', systemTime: ENGINE_TIME }), ...answers },
    (call) => calls.push(call),
  )
  const answer = wasRemoved(engine, { name, since }, new AbortController().signal)
  return { answer, calls }
}

function aMinuteAgo(): string {
  return new Date(Date.now() - 60_000).toISOString()
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
    let asked: InputOf<'systemEvents'> | undefined
    const { answer } = ask({
      async systemEvents(range) {
        asked = range
        return []
      },
    })
    await answer
    assert.equal(asked?.filters, { type: ['plugin'], event: ['remove'] })
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
    const away = () => Promise.reject(unreachable)
    const removed = remembers({ action: 'remove', name })
    for (const answers of [{ systemEvents: away }, { ...removed, systemInfo: away }]) {
      assert.is(await rejection(ask(answers).answer), unreachable)
    }
  })

  test('an error of no engine, whatever its code, is no evidence', async () => {
    const odd = Object.assign(new TypeError('odd'), { code: 'engine-unreachable' })
    assert.is(await ask({ systemEvents: () => Promise.reject(odd) }).answer, false)
  })

  test('an engine that does not answer :: given up after ten seconds, and no evidence', async () => {
    const limit = new AbortController()
    const limits: number[] = []
    const { timeout } = AbortSignal
    AbortSignal.timeout = (ms) => {
      limits.push(ms)
      return limit.signal
    }
    try {
      const { answer } = ask({
        systemEvents: (_, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new EngineError('cancelled', 'given up')))
            limit.abort()
          }),
      })
      assert.is(await answer, false)
      assert.equal(limits, [10_000])
    } finally {
      AbortSignal.timeout = timeout
    }
  })

  test('ends with its signal', async () => {
    const signal = AbortSignal.abort()
    const cancelled = new EngineError('cancelled', 'it was cancelled')
    const engine = engineOf({ systemInfo: () => Promise.reject(cancelled) })
    const since = new Date().toISOString()
    assert.is(await rejection(wasRemoved(engine, { name, since }, signal)), cancelled)
  })
})
