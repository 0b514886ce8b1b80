import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { bundleForBrowser } from '../../../.ci/bundleViewer.ts'
import { layoutFiles } from '../../../.ci/layout.ts'
import { allLayouts as layouts } from '../../../src/chart/allLayouts.generated.ts'
import { chartEdges } from '../../../src/chart/chart.ts'
import type { ChartLayout } from '../../../src/chart/chartLayout.ts'
import { chartLabels, machines } from '../../../src/chart/machines.ts'
import { arrowsOf, withAncestors } from '../../../src/viewer/runAt.ts'
import { suite } from '../../support/suite.ts'

const root = join(import.meta.dirname, '../../..')
const MOST_BYTES = 25_000

suite('viewer layout', (test) => {
  test('of every machine is up to date with its chart (npm run layout)', async () => {
    const files = await layoutFiles()
    for (const [path, text] of Object.entries(files)) {
      assert.is(readFileSync(join(root, path), 'utf8'), text, path)
    }
    const kept = readdirSync(join(root, 'src/chart/layouts')).map(
      (name) => `src/chart/layouts/${name}`,
    )
    assert.equal(
      kept.filter((path) => !(path in files)),
      [],
    )
    assert.equal([...layouts.keys()], [...machines.keys()])
    for (const [id, layout] of layouts) assert.is(layout.id, id)
  })

  for (const [id, layout] of layouts) {
    test(`${id} :: every transition of the chart is found again on an arrow of its own`, () => {
      const machine = machines.get(id)
      assert.ok(machine)
      for (const { source, target, event } of chartEdges(machine)) {
        if (target === undefined) continue
        const [from, to] = [innermost(layout, source), innermost(layout, target)]
        const taken = { type: 'transition', sequence: 1, at: 0, from, to, event } as const
        const [arrow, ...others] = arrowsOf(layout, taken)
        assert.equal(others, [])
        assert.ok(arrow, `${source} → ${target}`)
        assert.ok([source, from].includes(arrow.from), `${source} → ${target}: ${arrow.from}`)
        assert.ok([target, to].includes(arrow.to), `${source} → ${target}: ${arrow.to}`)
      }
    })

    const { states, arrows, picture } = layout
    test(`${id} :: every box and every route is within the picture`, () => {
      assert.is(picture.boxes.length, states.length)
      assert.is(picture.routes.length, arrows.length)
      for (const [x = -1, y = -1, width = 0, height = 0] of picture.boxes) {
        assert.ok(x >= 0 && y >= 0 && x + width <= picture.width && y + height <= picture.height)
        assert.ok(width > 0 && height > 0)
      }
      for (const { points } of picture.routes) {
        assert.ok(points.length >= 4)
        assert.ok(
          points.every(
            (at, index) => at >= 0 && at <= (index % 2 ? picture.height : picture.width),
          ),
        )
      }
    })

    test(`${id} :: no line leads through a box that it does not lead out of or into`, () => {
      const crossed = arrows.flatMap(({ from, to }, index) => {
        const ends = [...withAncestors(from), ...withAncestors(to)]
        const others = states.flatMap(({ path }, place) =>
          ends.includes(path) || path.startsWith(`${from}.`) || path.startsWith(`${to}.`)
            ? []
            : [{ path, box: picture.boxes[place] ?? [] }],
        )
        return others
          .filter(({ box }) => crosses(picture.routes[index]?.points ?? [], box))
          .map(({ path }) => `${from} → ${to} through ${path}`)
      })
      assert.equal(crossed, [])
    })

    test(`${id} :: an arrow is named by its meaning, and by no word of XState`, () => {
      for (const [index, { from, to, events, labels = [] }] of arrows.entries()) {
        assert.is(labels.length, events.length, `${from} → ${to}`)
        const lines = picture.routes[index]?.label?.lines ?? []
        for (const line of [...labels, ...lines]) {
          assert.not.match(line, /^(done|error|after|always)$|[([]|[a-z][A-Z]/, `${from} → ${to}`)
          assert.ok(line.length > 0, `${from} → ${to}`)
        }
      }
    })

    test(`${id} :: arrows that leave a state under the same name lead to different states for a reason`, () => {
      const names = arrows.flatMap(({ from }, index) =>
        (picture.routes[index]?.label?.lines ?? []).map((line) => `${from}: ${line}`),
      )
      const twice = names.filter((name, index) => names.indexOf(name) !== index)
      assert.equal(twice, [])
    })

    test(`${id} :: every label of its file is that of a transition`, () => {
      const machine = machines.get(id)
      assert.ok(machine)
      const transitions = chartEdges(machine).flatMap(({ source, target, event, guard }) => [
        `${source} → ${target}`,
        `→ ${target}`,
        event,
        guard,
        `${event} [${guard}]`,
      ])
      const labels = Object.keys(chartLabels.get(id) ?? {})
      assert.ok(labels.length > 10, `${labels.length} labels`)
      assert.equal(
        labels.filter((label) => !transitions.includes(label)),
        [],
      )
    })
  }

  test(`the element with the chart has at most ${MOST_BYTES} bytes, gzipped, and imports nothing`, async () => {
    const bundle = await bundleForBrowser('src/viewer.ts')
    const size = gzipSync(bundle).length
    assert.ok(size <= MOST_BYTES, `${size} bytes`)
    assert.not.match(bundle, /(?:^|[;}\n])import\b/)
  })
})

/** Where a flow is once it has entered a state. */
function innermost(layout: ChartLayout, path: string): string {
  const initial = layout.states.find((state) => state.path === path)?.initial
  return initial === undefined ? path : innermost(layout, initial)
}

/** Whether a part of a way is within a box. */
function crosses(points: readonly number[], box: readonly number[]): boolean {
  const [left = 0, top = 0, width = 0, height = 0] = box
  for (let index = 0; index + 3 < points.length; index += 2) {
    const [x = 0, y = 0, nextX = 0, nextY = 0] = points.slice(index, index + 4)
    const isBeside = Math.max(x, nextX) <= left || Math.min(x, nextX) >= left + width
    const isAbove = Math.max(y, nextY) <= top || Math.min(y, nextY) >= top + height
    if (!isBeside && !isAbove) return true
  }
  return false
}
