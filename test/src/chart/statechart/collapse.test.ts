import fc from 'fast-check'
import * as assert from 'uvu/assert'
import {
  collapse,
  collapsedAtFirst,
  nodesBelow,
} from '../../../../src/chart/statechart/collapse.ts'
import { readStatechart } from '../../../../src/chart/statechart/readStatechart.ts'
import { parcel } from '../../../support/foreignMachines.ts'
import { someMachines } from '../../../support/someMachines.ts'
import { suite } from '../../../support/suite.ts'

suite('collapse', (test) => {
  test('transitions from and to the inside begin and end at the border', () => {
    const chart = collapse(readStatechart(parcel), new Set(['working.packing', 'idle']))
    const packing = nodesBelow(chart.root).find(({ path }) => path === 'working.packing')
    assert.equal([packing?.hidden, packing?.states, packing?.initial], [5, [], undefined])
    const about = chart.edges
      .filter(({ source, target }) => source === packing?.path || target === packing?.path)
      .map(({ source, event, target }) => `${source} ${event} ${target}`)
    assert.equal(about, [
      'working.packing SKIP working.payment.paid',
      'paused RESUME working.packing',
    ])
    assert.is(nodesBelow(chart.root).length, 10)
  })

  test('a transition of the state itself into its inside, or to itself, is kept', () => {
    const b = {
      initial: 'c',
      on: { IN: '.d', SELF: 'b' },
      states: { c: { on: { GO: 'd' } }, d: {} },
    }
    const chart = readStatechart({ initial: 'b', states: { b } })
    assert.equal(collapse(chart, new Set(['b'])).edges, [
      { source: 'b', event: 'IN' },
      { source: 'b', event: 'SELF', target: 'b' },
    ])
  })

  test('any machine :: every end of a transition is a state that is drawn', () =>
    fc.assert(
      fc.property(someMachines, fc.nat(), (config, seed) => {
        const chart = readStatechart(config)
        const chosen = nodesBelow(chart.root).filter((_, index) => (seed >> (index % 30)) & 1)
        const { root, edges } = collapse(chart, new Set(chosen.map(({ path }) => path)))
        const drawn = new Set([root, ...nodesBelow(root)].map(({ path }) => path))
        for (const { source, target = source } of edges) {
          assert.ok(drawn.has(source) && drawn.has(target), `${source} → ${target}`)
        }
      }),
    ))

  test('at first :: a large chart is shown as deep as a glance goes', () => {
    const inside = (count: number) => ({
      initial: 's0',
      states: Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, {}])),
    })
    const first = (states: Record<string, object>) =>
      collapsedAtFirst(readStatechart({ initial: 'a', states }))
    assert.equal(first({ a: inside(10), b: inside(10) }), [])
    assert.equal(first({ a: inside(20), b: inside(20), c: {} }), ['a', 'b'])
    assert.equal(first({ a: { initial: 'b', states: { b: inside(50) } }, c: {} }), ['a.b'])
  })
})
