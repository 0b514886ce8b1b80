import * as assert from 'uvu/assert'
import type { ChartLayout } from '../../../src/chart/chartLayout.ts'
import { layouts } from '../../../src/chart/layouts.generated.ts'
import { packRoutes, unpackRoutes } from '../../../src/chart/packRoutes.ts'
import { suite } from '../../support/suite.ts'

function withRoute(...points: number[]): ChartLayout {
  const picture = { width: 1, height: 1, boxes: [], starts: [], routes: [{ points }] }
  return { id: 'a', states: [], arrows: [], wide: picture, narrow: picture }
}

suite('packed routes', (test) => {
  for (const [what, points, steps] of [
    ['down, then to the side', [1, 2, 1, 5, 9, 5, 9, 8], [[1, 2], 5, 9, 8]],
    [
      'to the side first',
      [1, 2, 9, 2, 9, 8],
      [
        [1, 2],
        [9, 2],
        [9, 8],
      ],
    ],
    [
      'aslant',
      [1, 2, 3, 4, 3, 8],
      [
        [1, 2],
        [3, 4],
        [3, 8],
      ],
    ],
    ['on in the same direction', [1, 2, 1, 5, 1, 9], [[1, 2], 5, [1, 9]]],
  ] as const) {
    test(`${what} :: comes back as it was`, () => {
      const layout = withRoute(...points)
      const packed = packRoutes(layout)
      assert.equal(unpackRoutes(packed), layout)
      assert.equal(packed.wide.routes[0]?.steps, steps)
    })
  }

  test('every chart comes back as it was, with its labels', () => {
    for (const layout of layouts.values()) {
      const packed = packRoutes(layout)
      assert.equal(unpackRoutes(packed), layout)
      const numbers = packed.wide.routes.flatMap(({ steps }) => steps.flat()).length
      const before = layout.wide.routes.flatMap(({ points }) => points).length
      assert.ok(numbers < 0.8 * before, `${numbers} of ${before}`)
    }
  })
})
