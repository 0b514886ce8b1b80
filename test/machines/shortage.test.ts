import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import { shortage, shortageOf, whenThereIsRoom } from '../../machines/shortage.ts'
import { inOwnTime, pass } from '../support/ownTime.ts'
import { suite } from '../support/suite.ts'

const emfile = withCode('EMFILE')

/** Fails with each of these in turn, then succeeds. */
function failing(...errors: unknown[]) {
  let attempts = 0
  const act = () => {
    const index = attempts++
    if (index < errors.length) throw errors[index]
    return 'done'
  }
  return { act, attempts: () => attempts }
}

/** Fails with the same each time; another error ends what repeats it for ever. */
function always(error: unknown) {
  return failing(...Array.from({ length: 100 }, () => error), new Error('repeated for ever'))
}

function withCode(code: unknown): Error {
  return Object.assign(new Error(`the sample of ${code}`), { code })
}

async function thrown(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => assert.unreachable(`resolved with ${value}`),
    (error: unknown) => error,
  )
}

suite('shortage', (test) => {
  test('codes :: in words, and no other code is one of a shortage', () => {
    const rows: [code: unknown, words: RegExp | undefined][] = [
      ['EMFILE', /^this process has too many files and connections open: .*ulimit -n/],
      ['ENFILE', /^this system has too many files and connections open$/],
      ['EAGAIN', /^there is no room for another connection or process$/],
      ['ENOMEM', /^there is no memory left$/],
      ['ENOENT', undefined],
      ['constructor', undefined],
      [undefined, undefined],
    ]
    for (const [code, words] of rows) {
      if (words) assert.match(shortageOf(code) ?? '', words)
      else assert.is(shortageOf(code), undefined)
    }
  })

  test('its error :: host-exhausted, with what could not be done and why', () => {
    const error = shortage('the file x cannot be read', 'there is no memory left')
    assert.ok(isEngineError(error))
    assert.is(error.code, 'host-exhausted')
    assert.is(error.message, 'the file x cannot be read: there is no memory left')
  })
})

suite('whenThereIsRoom', (test) => {
  test('it succeeds :: its result, without a pause', () =>
    inOwnTime(async (time) => {
      const { act, attempts } = failing()
      assert.is(await pass(time, whenThereIsRoom(act)), 'done')
      assert.is(
        await pass(
          time,
          whenThereIsRoom(async () => 'later'),
        ),
        'later',
      )
      assert.equal([attempts(), time.pauses], [1, []])
    }))

  test('something is short :: repeated until there is room, also where it fails later', () =>
    inOwnTime(async (time) => {
      const codes = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']
      const errors = [...codes.map(withCode), new EngineError('host-exhausted', 'too many files')]
      const { act, attempts } = failing(...errors)
      assert.is(await pass(time, whenThereIsRoom(act)), 'done')
      assert.is(attempts(), 6)
      const later = failing(...errors)
      assert.is(
        await pass(
          time,
          whenThereIsRoom(async () => later.act()),
        ),
        'done',
      )
      assert.is(later.attempts(), 6)
    }))

  test('any other failure :: passed on at once', () =>
    inOwnTime(async (time) => {
      const others = [withCode('ENOENT'), withCode(undefined), new Error('odd'), null, undefined]
      for (const error of [...others, new EngineError('disk-full', 'full')]) {
        const { act, attempts } = failing(error)
        assert.is(await pass(time, thrown(whenThereIsRoom(act))), error)
        assert.is(attempts(), 1)
      }
      assert.equal(time.pauses, [])
    }))

  test('another failure after a shortage :: passed on as it is', () =>
    inOwnTime(async (time) => {
      const odd = new Error('odd')
      assert.is(await pass(time, thrown(whenThereIsRoom(failing(emfile, odd).act))), odd)
      assert.equal(time.pauses, [10])
    }))

  test('nothing becomes free :: twice the pause each time up to 500 ms, for half a minute', () =>
    inOwnTime(async (time) => {
      const { act } = always(emfile)
      assert.is(await pass(time, thrown(whenThereIsRoom(act))), emfile)
      const longest = Array.from({ length: 58 }, () => 500)
      assert.equal(time.pauses, [10, 20, 40, 80, 160, 320, ...longest])
    }))

  test('an attempt takes long :: tried again only within half a minute', () =>
    inOwnTime(async (time) => {
      for (const [took, pauses] of [
        [29_990, [10]],
        [29_991, []],
      ] as const) {
        time.pauses = []
        const { act } = always(emfile)
        const slow = () => {
          time.now += time.pauses.length === 0 ? took : 0
          return act()
        }
        assert.is(await pass(time, thrown(whenThereIsRoom(slow))), emfile)
        assert.equal(time.pauses, pauses, `${took}`)
      }
    }))

  test('the signal fires in a pause :: tried once more, and no timer or listener is left', () =>
    inOwnTime(async (time) => {
      const stop = new AbortController()
      const { act, attempts } = always(emfile)
      const error = thrown(whenThereIsRoom(act, stop.signal))
      await setImmediate()
      assert.is(time.timers.size, 1)
      stop.abort()
      await setImmediate()
      assert.equal([time.timers.size, attempts()], [0, 2])
      assert.is(await error, emfile)
      assert.is(getEventListeners(stop.signal, 'abort').length, 0)
    }))

  test('the signal has fired before :: tried once', () =>
    inOwnTime(async (time) => {
      const { act, attempts } = always(emfile)
      const error = thrown(whenThereIsRoom(act, AbortSignal.abort()))
      assert.is(await pass(time, error), emfile)
      assert.equal([attempts(), time.pauses], [1, []])
    }))

  test('a pause is over :: nothing listens to the signal', () =>
    inOwnTime(async (time) => {
      const { signal } = new AbortController()
      const { act } = failing(emfile, emfile)
      const result = whenThereIsRoom(act, signal)
      await setImmediate()
      assert.is(getEventListeners(signal, 'abort').length, 1)
      assert.is(await pass(time, result), 'done')
      assert.is(getEventListeners(signal, 'abort').length, 0)
    }))
})
