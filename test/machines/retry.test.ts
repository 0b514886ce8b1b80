import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { EngineError } from '../../machines/errors.ts'
import {
  type Backoff,
  backoffDelays,
  type RetryNotice,
  retry,
  untilAborted,
} from '../../machines/retry.ts'
import { rejection, unreachable } from '../support/fakePorts.ts'
import { suite } from '../support/suite.ts'

const backoff: fc.Arbitrary<Backoff> = fc.record({
  attempts: fc.integer({ min: 1, max: 20 }),
  baseMs: fc.integer({ min: 1, max: 60_000 }),
  factor: fc.double({ min: 1, max: 100, noNaN: true }),
  maxMs: fc.integer({ min: 1, max: 60_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
})
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

suite('backoffDelays', (test) => {
  const doubling: Backoff = { attempts: 5, baseMs: 1_000, factor: 2, maxMs: 5_000, jitter: 1 }

  test('without jitter it doubles, and stops at the most', () => {
    assert.equal(
      backoffDelays({ ...doubling, jitter: 0 }, () => 0.99),
      [1_000, 2_000, 4_000, 5_000],
    )
  })

  test('with full jitter, anything below that', () => {
    assert.equal(
      backoffDelays(doubling, () => 0),
      [1_000, 2_000, 4_000, 5_000],
    )
    assert.equal(
      backoffDelays(doubling, () => 0.75),
      [250, 500, 1_000, 1_250],
    )
  })

  test('with half of it, half is waited in any case', () => {
    assert.equal(
      backoffDelays({ ...doubling, jitter: 0.5 }, () => 0.999_999_9),
      [500, 1_000, 2_000, 2_500],
    )
  })

  test('one attempt waits for nothing', () => {
    assert.equal(
      backoffDelays({ ...doubling, attempts: 1 }, () => 0),
      [],
    )
  })

  test('whatever the numbers :: whole, not below 0, and no longer than they may be', () => {
    fc.assert(
      fc.property(backoff, fc.array(chance, { minLength: 20, maxLength: 20 }), (one, drawn) => {
        let at = 0
        const delays = backoffDelays(one, () => drawn[at++] ?? 0)
        assert.is(delays.length, one.attempts - 1)
        for (const [index, delay] of delays.entries()) {
          const longest = Math.min(one.maxMs, one.baseMs * one.factor ** index)
          assert.ok(Number.isInteger(delay))
          assert.ok(delay >= Math.floor(longest * (1 - one.jitter)), `${delay} of ${longest}`)
          assert.ok(delay <= Math.round(longest), `${delay} of ${longest}`)
        }
      }),
    )
  })
})

/** Calls that fail, in a time of their own. */
function failing(
  delays: readonly number[],
  bound: number,
  takes = 0,
  fails: unknown = unreachable,
) {
  let now = 0
  const told: RetryNotice[] = []
  const calls: number[] = []
  const ports = {
    delays,
    remaining: () => bound - now,
    pause: async (ms: number) => {
      now += ms
    },
    notify: (notice: RetryNotice) => void told.push(notice),
  }
  const call = async () => {
    calls.push(now)
    now += takes
    throw fails
  }
  return { ports, call, told, calls }
}

suite('retry', (test) => {
  test('a call that succeeds is made once', async () => {
    const { ports, told } = failing([1, 2], 100)
    assert.is(
      await retry(
        async () => 'done',
        () => true,
        ports,
      ),
      'done',
    )
    assert.equal(told, [])
  })

  test('a call that fails is made again after each delay, and reported before it', async () => {
    const { ports, call, told, calls } = failing([10, 20], 100)
    assert.is(await rejection(retry(call, () => true, ports)), unreachable)
    assert.equal(calls, [0, 10, 30])
    const notice = { code: 'engine-unreachable', message: 'no engine answers', attempts: 3 }
    assert.equal(told, [
      { ...notice, attempt: 2, delay: 10 },
      { ...notice, attempt: 3, delay: 20 },
    ])
  })

  test('a call that another attempt cannot mend is not made again', async () => {
    const { ports, call, calls } = failing([10, 20], 100)
    await rejection(retry(call, () => false, ports))
    assert.equal(calls, [0])
  })

  test('an attempt that no longer fits is not begun', async () => {
    const exact = failing([10, 20], 30)
    await rejection(retry(exact.call, () => true, exact.ports))
    assert.equal(exact.calls, [0, 10])
    const fits = failing([10, 20], 31)
    await rejection(retry(fits.call, () => true, fits.ports))
    assert.equal(fits.calls, [0, 10, 30])
  })

  test('an error that is not an engine error is reported as host-failed', async () => {
    const { ports, call, told } = failing([1], 100, 0, new TypeError('odd'))
    await rejection(retry(call, () => true, ports))
    assert.equal([told[0]?.code, told[0]?.message], ['host-failed', 'TypeError: odd'])
  })

  test('a wait that is ended ends it', async () => {
    const { ports, call, calls } = failing([10, 20], 100)
    const stopped = new EngineError('cancelled', 'stopped')
    const pause = () => Promise.reject(stopped)
    assert.is(await rejection(retry(call, () => true, { ...ports, pause })), stopped)
    assert.equal(calls, [0])
  })

  test('whatever the numbers :: never more attempts, and none begun after the bound', () =>
    fc.assert(
      fc.asyncProperty(
        backoff,
        chance,
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 0, max: 30_000 }),
        async (one, random, bound, takes) => {
          const delays = backoffDelays(one, () => random)
          const { ports, call, calls, told } = failing(delays, bound, takes)
          await rejection(retry(call, () => true, ports))
          assert.ok(calls.length <= one.attempts)
          assert.is(told.length, calls.length - 1)
          assert.ok(calls.every((at) => at < bound))
        },
      ),
    ))
})

suite('untilAborted', (test) => {
  const aborted = () => new EngineError('cancelled', 'stopped')
  const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

  test('a call that ends before the signal :: is the result, and the signal is let go', async () => {
    const { signal } = new AbortController()
    const call = async () => {
      assert.is(listeners(signal), 1)
      return 'done'
    }
    assert.is(await untilAborted(call, signal, aborted), 'done')
    assert.is(listeners(signal), 0)
    const failed = untilAborted(() => Promise.reject(unreachable), signal, aborted)
    assert.is(await rejection(failed), unreachable)
    assert.is(listeners(signal), 0)
  })

  test('a call that outlasts the signal :: is not waited for', async () => {
    const controller = new AbortController()
    const waiting = untilAborted(() => new Promise(() => {}), controller.signal, aborted)
    controller.abort()
    assert.is((await rejection(waiting)).message, 'stopped')
  })

  test('after the signal :: nothing is begun', async () => {
    const call = () => assert.unreachable('it was begun') as never
    const refused = untilAborted(call, AbortSignal.abort(), aborted)
    assert.is((await rejection(refused)).message, 'stopped')
  })
})
