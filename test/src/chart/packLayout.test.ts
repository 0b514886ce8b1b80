import * as assert from 'uvu/assert'
import { allLayouts as layouts } from '../../../src/chart/allLayouts.generated.ts'
import type { ChartLayout } from '../../../src/chart/chartLayout.ts'
import { packLayout, unpackLayout } from '../../../src/chart/packLayout.ts'
import { suite } from '../../support/suite.ts'

function withRoute(...points: number[]): ChartLayout {
  return {
    id: 'a',
    states: [{ path: 'b', type: 'final', description: '' }],
    arrows: [{ from: 'b', to: 'b', events: ['go'], labels: ['gone'] }],
    picture: { width: 1, height: 1, boxes: [[1, 1, 5, 5]], routes: [{ points }] },
  }
}

suite('packed layouts', (test) => {
  for (const [what, points, steps] of [
    ['down, then to the side', [1, 2, 1, 5, 9, 5, 9, 8], [[0, 1], 3, 8, 3]],
    [
      'to the side first',
      [1, 2, 9, 2, 9, 8],
      [
        [0, 1],
        [8, 0],
        [0, 6],
      ],
    ],
    [
      'aslant',
      [1, 2, 3, 4, 3, 8],
      [
        [0, 1],
        [2, 2],
        [0, 4],
      ],
    ],
    ['on in the same direction', [1, 2, 1, 5, 1, 9], [[0, 1], 3, [0, 4]]],
  ] as const) {
    test(`${what} :: comes back as it was`, () => {
      const layout = withRoute(...points)
      const packed = packLayout(layout)
      assert.equal(unpackLayout(packed), layout)
      assert.equal(packed.arrows[0]?.[3], steps)
    })
  }

  test('every chart comes back as it was, with its labels, in two thirds of the bytes', () => {
    for (const layout of layouts.values()) {
      const packed = packLayout(layout)
      assert.equal(unpackLayout(packed), layout)
      const [before, after] = [layout, packed].map((value) => JSON.stringify(value).length)
      assert.ok(Number(after) < 0.67 * Number(before), `${after} of ${before}`)
    }
  })
})
