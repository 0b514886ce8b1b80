import * as assert from 'uvu/assert'
import { readStatechart } from '../../../src/chart/statechart/readStatechart.ts'
import { createLayouter } from '../../../src/ui/layouter.ts'
import { parcel } from '../../support/foreignMachines.ts'
import { suite } from '../../support/suite.ts'

const chart = readStatechart(parcel)

suite('layouter', (test) => {
  test('pictures of one machine, each without the inside of other states', async () => {
    const layouter = createLayouter(chart)
    try {
      const [whole, part] = await Promise.all([layouter.layOut([]), layouter.layOut(['working'])])
      assert.is(whole.states.length, 16)
      assert.equal(
        part.states.map(({ path }) => path),
        ['', 'idle', 'working', 'paused', 'delivered', 'failed'],
      )
      assert.equal(part.states[2]?.lines, ['10 states within'])
    } finally {
      await layouter.close()
    }
  })

  test('a layout that takes too long is given up with a sentence, and the next one is made', async () => {
    const layouter = createLayouter(chart, 1)
    await layouter.layOut([]).then(
      () => assert.unreachable('it was laid out'),
      ({ message }) =>
        assert.is(message, 'the layout took longer than 0.001 seconds: leave states out'),
    )
    await layouter.close()
  })

  test('a process that ends in the middle is reported in a sentence', async () => {
    const damaged = { ...chart, edges: null } as unknown as typeof chart
    const layouter = createLayouter(damaged)
    await layouter.layOut([]).then(
      () => assert.unreachable('it was laid out'),
      ({ message }) => assert.is(message, 'the layout ended before it was done: leave states out'),
    )
    await layouter.close()
  })

  test('after it is closed nothing is laid out any more, what waits neither', async () => {
    const layouter = createLayouter(chart)
    const words = ({ message }: Error) => message
    const pictures = [layouter.layOut([]), layouter.layOut(['working'])].map((picture) =>
      picture.then(() => 'it was laid out', words),
    )
    await layouter.close()
    const message = 'the layout ended before it was done: leave states out'
    assert.equal(await Promise.all(pictures), [message, message])
    assert.is(await layouter.layOut([]).catch(words), message)
  })
})
