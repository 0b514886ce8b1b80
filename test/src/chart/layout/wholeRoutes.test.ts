import * as assert from 'uvu/assert'
import { withWholeRoutes } from '../../../../src/chart/layout/wholeRoutes.ts'
import { suite } from '../../../support/suite.ts'

const boxes = new Map([
  ['a', [0, 0, 100, 40]],
  ['b', [300, 0, 100, 40]],
  ['c', [0, 200, 100, 40]],
])
const edge = (id: string, from: string, to: string) => ({ id, sources: [from], targets: [to] })
type Routes = Parameters<typeof withWholeRoutes>[1]['routes']

/** The routes of these edges, from those that the layout gave. */
function whole(edges: ReturnType<typeof edge>[], given: Routes = new Map()) {
  return withWholeRoutes({ id: 'graph', edges }, { boxes, routes: given }).routes
}

suite('withWholeRoutes', (test) => {
  test('a way from border to border stays', () => {
    const label = { x: 1, y: 2, width: 3, height: 4 }
    for (const points of [
      [100, 20, 200, 20, 300, 20],
      [101, 21, 298, 19],
      [50, 40, 50, 60, 350, 60, 350, 40],
    ]) {
      const route = { points, label } as never
      assert.is(whole([edge('e', 'a', 'b')], new Map([['e', route]])).get('e'), route)
    }
  })

  test('a way that is missing, empty or cut is drawn straight', () => {
    const straight = { points: [100, 20, 300, 20] }
    assert.equal(whole([edge('e', 'a', 'b')]).get('e'), straight)
    for (const points of [
      [],
      [100, 20],
      [150, 20, 300, 20],
      [100, 20, 250, 20],
      [50, 20, 300, 20],
    ]) {
      const given: Routes = new Map([['e', { points }]])
      assert.equal(whole([edge('e', 'a', 'b')], given).get('e'), straight, String(points))
    }
    assert.equal(whole([edge('e', 'a', 'c')]).get('e'), { points: [50, 40, 50, 200] })
    assert.equal(whole([edge('e', 'b', 'c')]).get('e'), { points: [320, 40, 80, 200] })
  })

  test('its name stands nearer to its beginning', () => {
    const label = { x: 0, y: 0, width: 60, height: 14 }
    const given = new Map([['e', { points: [], label }]]) as unknown as Routes
    const { points, label: moved } = whole([edge('e', 'a', 'b')], given).get('e') ?? {}
    assert.equal(points, [100, 20, 300, 20])
    assert.equal(moved, { ...label, x: 160, y: 20 })
  })

  test('an edge whose state was not placed keeps what it has', () => {
    const route = { points: [1, 2, 3, 4] }
    const routes = whole([edge('e', 'a', 'x'), edge('f', 'x', 'a')], new Map([['e', route]]))
    assert.equal(
      [...routes],
      [
        ['e', route],
        ['f', { points: [] }],
      ],
    )
    assert.equal([...withWholeRoutes({ id: 'graph' }, { boxes, routes }).routes], [])
  })
})
