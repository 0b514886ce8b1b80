import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { onAbort } from '../../machines/onAbort.ts'
import { suite } from '../support/suite.ts'

function listeners({ signal }: AbortController): number {
  return getEventListeners(signal, 'abort').length
}

suite('one signal that many wait for', (test) => {
  test('each waits :: one listener, and every call is made once, in order', () => {
    const controller = new AbortController()
    const called: number[] = []
    for (let each = 0; each < 20; each++) onAbort(controller.signal, () => called.push(each))
    assert.is(listeners(controller), 1)
    controller.abort()
    assert.equal(
      called,
      Array.from({ length: 20 }, (_, each) => each),
    )
    assert.is(listeners(controller), 0)
  })

  test('one is released :: the others are called, it is not', () => {
    const controller = new AbortController()
    const called: string[] = []
    const release = onAbort(controller.signal, () => called.push('released'))
    onAbort(controller.signal, () => called.push('waiting'))
    release()
    controller.abort()
    release()
    assert.equal(called, ['waiting'])
  })

  test('the same function twice, released once :: it is called once', () => {
    const controller = new AbortController()
    let calls = 0
    const call = () => calls++
    const release = onAbort(controller.signal, call)
    onAbort(controller.signal, call)
    release()
    controller.abort()
    assert.is(calls, 1)
  })

  test('all are released :: no listener is left, and a later one is called', () => {
    const controller = new AbortController()
    const releases = [1, 2].map(() => onAbort(controller.signal, () => assert.unreachable()))
    for (const release of releases) release()
    assert.is(listeners(controller), 0)
    let calls = 0
    onAbort(controller.signal, () => calls++)
    controller.abort()
    assert.is(calls, 1)
  })
})
