import * as assert from 'uvu/assert'
import { createRedraw } from '../../../src/viewer/redraw.ts'
import { suite } from '../../support/suite.ts'

/** Frames that come when a test says so, and the pictures that were drawn. */
async function onFrames(
  act: (stage: {
    redraw: ReturnType<typeof createRedraw>
    frame(): number
    asked(): Promise<void>
    drawn(): number
  }) => Promise<void>,
): Promise<void> {
  const frames = new Map<number, () => void>()
  let last = 0
  let drawn = 0
  let ask = () => {}
  const redraw = createRedraw(() => drawn++, {
    request(call) {
      frames.set(++last, call)
      ask()
      return last
    },
    cancel: (frame) => void frames.delete(frame),
  })
  try {
    await act({
      redraw,
      frame() {
        const calls = [...frames.values()]
        frames.clear()
        for (const call of calls) call()
        return calls.length
      },
      asked: () =>
        new Promise((resolve) => {
          ask = resolve
        }),
      drawn: () => drawn,
    })
  } finally {
    redraw.stop()
  }
}

suite('createRedraw', (test) => {
  test('now :: once a frame', () =>
    onFrames(async ({ redraw, frame, drawn }) => {
      redraw.now()
      redraw.now()
      assert.equal([frame(), drawn()], [1, 1])
      redraw.now()
      assert.equal([frame(), drawn()], [1, 2])
    }))

  test('soon :: once, and not right after what was drawn', () =>
    onFrames(async ({ redraw, frame, asked, drawn }) => {
      redraw.now()
      const since = performance.now()
      frame()
      const next = asked()
      for (let event = 0; event < 10; event++) redraw.soon()
      await next
      assert.ok(performance.now() - since > 90, `${performance.now() - since} ms`)
      assert.equal([frame(), drawn()], [1, 2])
    }))

  test('stop :: nothing more is drawn, until it is asked for again', () =>
    onFrames(async ({ redraw, frame, asked, drawn }) => {
      redraw.now()
      redraw.soon()
      redraw.stop()
      assert.equal([frame(), drawn()], [0, 0])
      const next = asked()
      redraw.soon()
      await next
      assert.equal([frame(), drawn()], [1, 1])
    }))
})
