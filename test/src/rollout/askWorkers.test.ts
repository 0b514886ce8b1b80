import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import type { QuestionStore } from '../../../adapters/queue/store.ts'
import { isEngineError } from '../../../machines/errors.ts'
import { askWorkers, WorkerError } from '../../../src/rollout/queue/askWorkers.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { settled, virtualTime } from '../../support/virtualFlow.ts'

const SECRETS = { about: 'secrets', settings: [] } as const
const TARGET = {
  about: 'target',
  target: { id: 'a', labels: {}, access: { host: 'tcp://a:2375' } },
  request: { name: 'p', settings: [], deadline: 30_000 },
} as const
const LOOK_MS = 100

/** Questions in memory, which the test answers itself, in a time of its own. */
function asked() {
  const time = virtualTime()
  const kept = new Map<string, { zone: string | undefined; question: string; answer?: string }>()
  const problems: unknown[] = []
  let failure: Error | undefined
  const store: QuestionStore = {
    ask: async (id, zone, question) => void kept.set(id, { zone, question }),
    take: async () => undefined,
    async answer(id, answer) {
      const found = kept.get(id)
      if (found) found.answer = answer
    },
    async answers(ids) {
      if (failure) throw failure
      return ids.flatMap((id) => {
        const { answer } = kept.get(id) ?? {}
        return answer === undefined ? [] : [{ id, answer }]
      })
    },
    forget: async (id) => void kept.delete(id),
  }
  const onProblem = (problem: unknown) => void problems.push(problem)
  const { ask, close } = askWorkers(store, { answerTime: 15_000, onProblem, time })
  const answer = async (text: unknown, zone?: string) => {
    const [id = ''] = [...kept].findLast(([, each]) => each.zone === zone && !each.answer) ?? []
    await store.answer(id, typeof text === 'string' ? text : JSON.stringify(text))
    await time.pass(LOOK_MS)
    await settled()
  }
  return {
    ask,
    close,
    time,
    kept,
    problems,
    answer,
    store,
    fail: (error?: Error) => {
      failure = error
    },
  }
}

/** How a question ends, as far as it has ended. */
function watched(answer: Promise<unknown>) {
  const seen: { end?: unknown } = {}
  answer.then(
    (value) => {
      seen.end = value
    },
    (error: unknown) => {
      seen.end = isEngineError(error) ? `${error.code}: ${error.message}` : error
    },
  )
  return seen
}

suite('askWorkers', (test) => {
  test('a question is in the store until it is answered', async () => {
    const { ask, kept, answer } = asked()
    const answered = watched(ask('eu', TARGET))
    const [question] = kept.values()
    assert.equal([question?.zone, JSON.parse(question?.question ?? '')], ['eu', TARGET])
    await answer({ worker: 'w', value: { unreachable: 'no' } }, 'eu')
    assert.equal(answered.end, { unreachable: 'no' })
    assert.is(kept.size, 0)
  })

  test('a failure names the worker, its zone and, of a secret, the next step', async () => {
    const { ask, answer } = asked()
    const failure = { code: 'invalid-setting', message: 'a setting needs X', next: 'Set it.' }
    const secret = ask('eu', SECRETS)
    await answer({ worker: 'db 1', failure }, 'eu')
    const error = await refusedWith('invalid-setting', () => secret)
    assert.is(
      error.message,
      'worker "db 1" of the zone "eu": a setting needs X; provide it there, and start plugin-flow worker --zone "eu" again',
    )
    assert.ok(error instanceof WorkerError)
    assert.is(error.details.next, 'Set it.')
    const other = watched(ask(undefined, TARGET))
    await answer({ worker: 'db 1', failure: { code: 'host-failed', message: 'no' } })
    assert.is(other.end, 'host-failed: worker "db 1": no')
  })

  for (const [zone, words] of [
    [
      'eu',
      'no worker of the zone "eu" has answered within 15 s: start one with plugin-flow worker --zone "eu"',
    ],
    [
      undefined,
      'no worker without a zone has answered within 15 s: start one with plugin-flow worker',
    ],
  ] as const) {
    test(`${zone ?? 'no zone'} :: without a worker it is refused in time`, async () => {
      const { ask, time, kept } = asked()
      const refused = watched(ask(zone, SECRETS))
      await time.pass(14_999)
      assert.is(refused.end, undefined)
      await time.pass(1)
      assert.is(refused.end, `engine-unreachable: ${words}`)
      assert.is(kept.size, 0)
    })
  }

  test('a question waits for its turn while its zone answers others, and no longer than it is kept', async () => {
    const { ask, time, answer } = asked()
    const answerAnother = async (value: object) => {
      const other = ask('eu', TARGET)
      await answer({ worker: 'w', value }, 'eu')
      assert.equal(await other, value)
    }
    const waiting = watched(ask('eu', TARGET))
    await time.pass(44_000)
    await answerAnother({ unreachable: '1' })
    await time.pass(44_999)
    assert.is(waiting.end, undefined)
    await time.pass(1)
    assert.match(String(waiting.end), 'within 89.1 s')
    const kept = watched(ask('eu', TARGET))
    for (let passed = 0; passed < 600_000; passed += 30_000) {
      assert.is(kept.end, undefined)
      await answerAnother({ unreachable: `${passed}` })
      await time.pass(30_000 - LOOK_MS)
    }
    assert.match(String(kept.end), /^engine-unreachable: .* 600 s/)
  })

  test('after a zone has not answered, each further question waits for a shorter time, until it does', async () => {
    const { ask, time, answer } = asked()
    const first = watched(ask('eu', TARGET))
    await time.pass(45_000)
    assert.match(String(first.end), 'within 45 s')
    const second = watched(ask('eu', TARGET))
    const elsewhere = watched(ask('us', TARGET))
    await time.pass(15_000)
    assert.match(String(second.end), 'within 15 s')
    assert.is(elsewhere.end, undefined)
    const third = ask('eu', TARGET)
    await answer({ worker: 'w', value: { unreachable: '1' } }, 'eu')
    assert.equal(await third, { unreachable: '1' })
    const last = watched(ask('eu', TARGET))
    await time.pass(44_000)
    assert.is(last.end, undefined)
  })

  test('one that was answered :: leaves nothing to its signal, and nothing that calls its zone silent later', async () => {
    const { ask, answer, time } = asked()
    const { signal } = new AbortController()
    const first = watched(ask('eu', TARGET, signal))
    await answer({ worker: 'w', failure: { code: 'host-failed', message: 'no' } }, 'eu')
    assert.match(String(first.end), 'host-failed')
    assert.equal(getEventListeners(signal, 'abort'), [])
    await time.pass(46_000)
    await time.pass(46_000)
    const second = watched(ask('eu', TARGET))
    await time.pass(16_000)
    assert.is(second.end, undefined)
    await time.pass(30_000)
    assert.match(String(second.end), 'engine-unreachable')
  })

  test('many wait :: the store is asked for all of them at once', async () => {
    const { ask, close, store, time } = asked()
    const looks: number[] = []
    store.answers = async (ids) => {
      looks.push(ids.length)
      return []
    }
    for (let question = 0; question < 5; question++) watched(ask('eu', SECRETS))
    for (let look = 0; look < 3; look++) await time.pass(LOOK_MS)
    assert.equal(looks, [5, 5, 5])
    await close()
  })

  test('one that is cancelled, or asked afterwards, is forgotten', async () => {
    const { ask, kept } = asked()
    const cancel = new AbortController()
    const cancelled = ask('eu', SECRETS, cancel.signal)
    assert.is(kept.size, 1)
    cancel.abort()
    await refusedWith('cancelled', () => cancelled)
    await refusedWith('cancelled', () => ask('eu', SECRETS, cancel.signal))
    assert.is(kept.size, 0)
  })

  test('closed :: what waits is cancelled and forgotten, and the store is not asked again', async () => {
    const { ask, close, kept, time, fail, problems } = asked()
    const waiting = watched(ask('eu', SECRETS))
    await close()
    assert.match(String(waiting.end), /^cancelled: /)
    assert.is(kept.size, 0)
    fail(new Error('closed'))
    await time.pass(LOOK_MS)
    assert.equal(problems, [])
  })

  test('a store that is away, and an answer that is unreadable, are reported; the question goes on waiting', async () => {
    const { ask, answer, fail, time, problems, kept } = asked()
    const answered = watched(ask('eu', SECRETS))
    fail(new Error('away'))
    await time.pass(LOOK_MS)
    fail()
    for (const unreadable of ['null', { worker: 'w', value: 'of no secret' }]) {
      await answer(unreadable, 'eu')
      assert.is(answered.end, undefined)
      assert.match(String(problems), /away.*TypeError/)
      for (const each of kept.values()) delete each.answer
    }
    await answer({ worker: 'w', value: null }, 'eu')
    assert.is(answered.end, null)
  })

  for (const [what, text] of [
    ['no JSON', '{'],
    ['neither a value nor a failure', { worker: 'w' }],
    ['a failure without words', { worker: 'w', failure: { code: 'host-failed' } }],
    ['a failure without its worker', { failure: { code: 'host-failed', message: 'no' } }],
    ['a value of another form', { worker: 'w', value: { engineId: 'e' } }],
  ] as const) {
    test(`an answer with ${what} :: is reported, keeps no other waiting, and its question ends in time`, async () => {
      const { ask, answer, time, problems } = asked()
      const [spoilt, other] = [watched(ask('eu', TARGET)), watched(ask('us', SECRETS))]
      await answer(text, 'eu')
      await answer({ worker: 'w', value: null }, 'us')
      assert.is(other.end, null)
      assert.is.not(problems.length, 0)
      await time.pass(46_000)
      assert.match(String(spoilt.end), /^engine-unreachable: no worker of the zone "eu"/)
    })
  }

  test('a store that does not take the question :: it fails as the store does', async () => {
    const { ask, store } = asked()
    store.ask = async () => {
      throw new Error('READONLY')
    }
    assert.is(await ask('eu', SECRETS).catch(({ message }) => message), 'READONLY')
  })
})
