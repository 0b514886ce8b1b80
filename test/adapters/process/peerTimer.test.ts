import { setTimeout as pause } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { peerTimer } from '../../../adapters/process/peerTimer.ts'
import { suite } from '../../support/suite.ts'

/** Keeps the event loop from doing anything. */
function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end) {}
}

suite('peerTimer', (test) => {
  test('the time is over :: it calls once', async () => {
    let calls = 0
    await new Promise<void>((resolve) => {
      peerTimer(5, () => {
        calls++
        resolve()
      })
    })
    await pause(20)
    assert.is(calls, 1)
  })

  test('it is stopped :: it does not call', async () => {
    const stop = peerTimer(5, () => assert.unreachable())
    stop()
    await pause(20)
  })

  test('the event loop was blocked, and what it waits for has come in meanwhile :: it does not call', async () => {
    const stop = peerTimer(40, () => assert.unreachable('the block was taken for the peer'))
    // Stands for an answer: it is due after the timer, and both are overdue when the loop goes on.
    const answer = pause(60).then(() => stop())
    block(400)
    await answer
    await pause(80)
  })

  test('the event loop was blocked, and nothing has come in :: it calls all the same', async () => {
    const called = new Promise<void>((resolve) => peerTimer(5, resolve))
    block(150)
    await called
  })
})
