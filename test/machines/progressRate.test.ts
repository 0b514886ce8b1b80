import * as assert from 'uvu/assert'
import { downloading, waiting, withClock } from '../support/pullLines.ts'
import { suite } from '../support/suite.ts'

suite('progress :: rate', (test) => {
  test('is of the last five seconds, and tells the time left', () => {
    const { progress, at } = withClock()
    for (let k = 0; k <= 20; k++) at(k * 500, downloading('a', k * 1_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 2_000)
    assert.is(progress.snapshot().secondsLeft, 40)
    for (let k = 21; k <= 40; k++) at(k * 500, downloading('a', 20_000 + (k - 20) * 100, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 200)
  })

  test('is 0 at first, and when nothing has come in for long', () => {
    const { progress, at, pass } = withClock()
    at(0, downloading('a', 1_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 0)
    assert.not('secondsLeft' in progress.snapshot())
    at(1_000, downloading('a', 2_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 1_000)
    pass(3_000)
    assert.is(progress.snapshot().bytesPerSecond, 333)
    at(3_100, downloading('a', 2_500, 100_000))
    pass(60_000)
    assert.is(progress.snapshot().bytesPerSecond, 0)
    assert.not('secondsLeft' in progress.snapshot())
  })

  test('has nothing to tell once the download is through', () => {
    const { progress, at } = withClock()
    at(0, downloading('a', 1_000, 4_000))
    at(1_000, { id: 'a', status: 'Download complete' })
    assert.is(progress.snapshot().bytesPerSecond, 3_000)
    assert.not('secondsLeft' in progress.snapshot())
    progress.complete()
    assert.is(progress.snapshot().bytesPerSecond, 0)
  })

  test('survives a clock that is set back', () => {
    const { progress, at } = withClock()
    at(10_000, downloading('a', 1_000, 10_000))
    at(11_000, downloading('a', 3_000, 10_000))
    at(0, downloading('a', 4_000, 10_000))
    assert.is(progress.snapshot().bytesPerSecond, 3_000)
  })

  test('a sample is left out once the next one is five seconds old too', () => {
    for (const [second, rate] of [
      [1_000, 1_167],
      [999, 1_000],
    ] as const) {
      const { progress, at } = withClock()
      at(0, downloading('a', 1_000, 100_000))
      at(second, downloading('a', 3_000, 100_000))
      at(6_000, downloading('a', 8_000, 100_000))
      assert.is(progress.snapshot().bytesPerSecond, rate, `${second}`)
    }
  })

  test('samples are a quarter of a second apart', () => {
    for (const [second, rate] of [
      [250, 200],
      [249, 381],
    ] as const) {
      const { progress, at } = withClock()
      at(0, downloading('a', 1_000, 100_000))
      at(second, downloading('a', 2_000, 100_000))
      at(5_251, downloading('a', 3_000, 100_000))
      assert.is(progress.snapshot().bytesPerSecond, rate, `${second}`)
    }
  })

  test('is known a quarter of a second after the first line', () => {
    const { progress, at } = withClock()
    at(0, downloading('a', 1_000, 100_000))
    at(249, downloading('a', 2_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 0)
    at(250, downloading('a', 2_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 4_000)
  })

  test('is 0 when nothing has come in for more than five seconds', () => {
    const { progress, at, pass } = withClock()
    at(0, downloading('a', 1_000, 100_000))
    at(1_000, downloading('a', 2_000, 100_000))
    pass(6_000)
    assert.is(progress.snapshot().bytesPerSecond, 167)
    pass(6_001)
    assert.is(progress.snapshot().bytesPerSecond, 0)
  })

  test('lines that repeat what has come in are no progress', () => {
    const { progress, at } = withClock()
    at(0, downloading('a', 1_000, 100_000))
    at(100, downloading('a', 2_000, 100_000))
    at(6_000, downloading('a', 2_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 0)
  })

  test('counts the first byte, and tells the time left for the last one', () => {
    const { progress, at } = withClock()
    at(0, waiting('a'))
    at(100, downloading('a', 1, 2))
    at(1_000, downloading('a', 1, 2))
    assert.is(progress.snapshot().bytesPerSecond, 1)
    assert.is(progress.snapshot().secondsLeft, 1)
  })

  test('tells no time left while a total is unknown', () => {
    const { progress, at } = withClock()
    at(0, downloading('a', 1_000, 100_000))
    at(500, waiting('b'))
    at(1_000, downloading('a', 2_000, 100_000))
    assert.is(progress.snapshot().bytesPerSecond, 1_000)
    assert.not('secondsLeft' in progress.snapshot())
  })
})
