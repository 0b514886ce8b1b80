import { EventEmitter } from 'node:events'
import * as assert from 'uvu/assert'
import { catchInterrupts, type Interrupt } from '../../../src/command/processIo.ts'
import { suite } from '../../support/suite.ts'

suite('interrupts', (test) => {
  const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }
  for (const [reason, exitCode] of Object.entries(codes)) {
    test(`${reason} is ${exitCode}`, () => {
      const { signals, interrupts, seen } = setUp()
      assert.is(interrupts.first, undefined)
      signals.emit(reason)
      assert.equal(interrupts.first, { exitCode, reason })
      assert.equal(seen, [{ exitCode, reason }])
    })
  }

  test('the second signal is another thing than the first, whichever it is', async () => {
    const { signals, interrupts, seen } = setUp()
    signals.emit('SIGINT')
    signals.emit('SIGTERM')
    await interrupts.second
    assert.is(interrupts.first?.reason, 'SIGINT')
    assert.is(seen.length, 1)
  })

  test('a third signal is another thing than the second', async () => {
    const { signals, interrupts } = setUp()
    signals.emit('SIGINT')
    signals.emit('SIGINT')
    const third = interrupts.third.then(() => 'third')
    await interrupts.second
    assert.is(await Promise.race([third, Promise.resolve('none yet')]), 'none yet')
    signals.emit('SIGTERM')
    assert.is(await third, 'third')
  })

  test('an exception is a first, and never a second', async () => {
    const { signals, interrupts, seen } = setUp()
    signals.emit('uncaughtException', new TypeError('no such thing'))
    signals.emit('uncaughtException', new TypeError('again'))
    const first = { exitCode: 1, reason: 'unexpected error: TypeError: no such thing' }
    assert.equal(seen, [first])
    const second = interrupts.second.then(() => 'second')
    assert.is(await Promise.race([second, Promise.resolve('none yet')]), 'none yet')
    signals.emit('SIGINT')
    assert.is(await second, 'second')
    assert.equal(interrupts.first, first)
  })

  test('a Ctrl-C that is no signal counts as one', async () => {
    const { signals, interrupts, seen } = setUp()
    interrupts.interrupt()
    assert.equal(seen, [{ exitCode: 130, reason: 'SIGINT' }])
    signals.emit('SIGINT')
    await interrupts.second
    const other = setUp()
    other.signals.emit('SIGTERM')
    other.interrupts.interrupt()
    await other.interrupts.second
    assert.is(other.interrupts.first?.reason, 'SIGTERM')
  })

  test('released, it listens no more', () => {
    const { signals, interrupts } = setUp()
    assert.is(signals.eventNames().length, 4)
    interrupts.release()
    assert.equal(signals.eventNames(), [])
  })
})

function setUp() {
  const signals = new EventEmitter()
  const seen: Interrupt[] = []
  const interrupts = catchInterrupts(signals, (interrupt) => seen.push(interrupt))
  return { signals, interrupts, seen }
}
