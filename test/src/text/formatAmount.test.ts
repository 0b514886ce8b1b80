import * as assert from 'uvu/assert'
import {
  formatAgo,
  formatBytes,
  formatElapsed,
  formatPart,
  formatProgress,
  formatSeconds,
} from '../../../src/text/formatAmount.ts'
import { suite } from '../../support/suite.ts'

suite('formatAmount', (test) => {
  const agos: [milliseconds: number, string][] = [
    [-5_000, '0 seconds ago'],
    [999, '0 seconds ago'],
    [1_000, '1 second ago'],
    [59_999, '59 seconds ago'],
    [60_000, '1 minute ago'],
    [3 * 60_000 + 59_000, '3 minutes ago'],
    [2 * 3_600_000, '2 hours ago'],
    [400 * 86_400_000, '400 days ago'],
  ]
  for (const [milliseconds, text] of agos) {
    test(`${milliseconds} ms ago :: ${text}`, () => {
      assert.is(formatAgo(milliseconds), text)
    })
  }

  const bytes: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [326_121, '326.1 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [40_339_024, '40.3 MB'],
    [Number.MAX_SAFE_INTEGER, '9.0 PB'],
    [1e20, '100000.0 PB'],
  ]
  for (const [amount, text] of bytes) {
    test(`${amount} bytes`, () => assert.is(formatBytes(amount), text))
  }

  const seconds: [number, string][] = [
    [0, '0s'],
    [59.4, '59s'],
    [59.6, '1m00s'],
    [65, '1m05s'],
    [3_599, '59m59s'],
    [3_600, '1h00m'],
    [86_399, '23h59m'],
    [86_400, 'more than a day'],
    [1e15, 'more than a day'],
  ]
  for (const [amount, text] of seconds) {
    test(`${amount} seconds`, () => assert.is(formatSeconds(amount), text))
  }

  test('elapsed milliseconds', () => {
    assert.is(formatElapsed(0), '0.0s')
    assert.is(formatElapsed(-5), '0.0s')
    assert.is(formatElapsed(12_640), '12.6s')
    assert.is(formatElapsed(59_949), '59.9s')
    assert.is(formatElapsed(59_960), '1m00s')
  })

  test('a part of a whole that may be unknown', () => {
    assert.is(formatPart(1_500, 3_000), '1.5 kB of 3.0 kB')
    assert.is(formatPart(1_500, undefined), '1.5 kB')
  })

  test('progress has the known figures', () => {
    assert.is(
      formatProgress({
        current: 2_000_000,
        total: 13_000_000,
        percent: 7.6,
        bytesPerSecond: 6_000_000,
        secondsLeft: 1.8,
      }),
      '7%, downloaded 2.0 MB of 13.0 MB, 6.0 MB/s, 2s left',
    )
    assert.is(formatProgress({ current: 0, bytesPerSecond: 0 }), 'downloaded 0 B')
    assert.match(formatProgress({ current: 0, bytesPerSecond: 1, secondsLeft: 0.01 }), /1s left/)
  })
})
