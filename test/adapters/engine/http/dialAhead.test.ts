import { Duplex } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { closeIdle } from '../../../../adapters/engine/http/connections.ts'
import { dialAhead } from '../../../../adapters/engine/http/dialAhead.ts'
import { inOwnTime } from '../../../support/ownTime.ts'
import { suite } from '../../../support/suite.ts'

class Connection extends Duplex {
  isKept = true
  override _read() {}
  override _write() {}
  ref() {
    this.isKept = true
  }
  unref() {
    this.isKept = false
  }
}

/** Dials connections that are open once they are told so. */
function dialled() {
  const opened: Connection[] = []
  const dial = dialAhead(() => {
    const connection = new Connection()
    opened.push(connection)
    return connection
  })
  /** The place of the connection of a next call among those that were opened. */
  const call = () => opened.indexOf(dial(undefined) as Connection)
  return { opened, call }
}

suite('dialAhead', (test) => {
  test('the first is open :: the next is opened ahead, without keeping the process alive until it is used', () => {
    const { opened, call } = dialled()
    assert.is(call(), 0)
    assert.is(opened.length, 1, 'a login that fails is not made twice')
    opened[0]?.emit('connect')
    assert.equal(
      opened.map(({ isKept }) => isKept),
      [true, false],
    )
    assert.is(call(), 1)
    assert.is(opened[1]?.isKept, true)
  })

  test('one was open before :: the next is opened with each that is used, whether that is open yet or not', () => {
    const { opened, call } = dialled()
    call()
    opened[0]?.emit('connect')
    assert.equal([call(), call(), call()], [1, 2, 3])
    assert.is(opened.length, 5)
  })

  test('more calls at once than one ahead :: each has a connection, and there is one ahead for all', () => {
    const { opened, call } = dialled()
    assert.equal([call(), call()], [0, 1])
    opened[0]?.emit('connect')
    opened[1]?.emit('connect')
    assert.is(opened.length, 3)
  })

  test('one fails after others were open :: the next is opened once that is open', () => {
    const { opened, call } = dialled()
    call()
    opened[0]?.emit('connect')
    opened[1]?.emit('error', new Error('the login failed'))
    assert.is(call(), 1)
    assert.is(opened.length, 2)
  })

  test('the one ahead ends or fails :: it is not used, and its failure is not reported', async () => {
    const { opened, call } = dialled()
    call()
    opened[0]?.emit('connect')
    opened[1]?.destroy(new Error('the login failed'))
    await setImmediate()
    assert.is(call(), 2)
  })

  test('the one ahead is not used for long :: it is closed', () =>
    inOwnTime(async (time) => {
      const { opened, call } = dialled()
      call()
      opened[0]?.emit('connect')
      assert.equal(time.pauses, [10_000])
      for (const end of time.timers.values()) end()
      assert.is(opened[1]?.destroyed, true)
    }))

  test('it is used :: it is not closed any more for its age', () =>
    inOwnTime(async (time) => {
      const { opened, call } = dialled()
      call()
      opened[0]?.emit('connect')
      call()
      for (const end of time.timers.values()) end()
      assert.equal(
        opened.map(({ destroyed }) => destroyed),
        [false, false, true],
      )
    }))

  test('another connection needs its place :: the one ahead is closed, unless it is used', () => {
    const { opened, call } = dialled()
    call()
    opened[0]?.emit('connect')
    call()
    // Connections of other tests may wait for longer.
    for (let count = 0; count < 1_000; count++) closeIdle()
    assert.equal(
      opened.map(({ destroyed }) => destroyed),
      [false, false, true],
    )
  })

  test('one that was used ends :: the one ahead of it stays', async () => {
    const { opened, call } = dialled()
    call()
    opened[0]?.emit('connect')
    call()
    opened[1]?.destroy()
    await setImmediate()
    assert.is(call(), 2)
  })
})
