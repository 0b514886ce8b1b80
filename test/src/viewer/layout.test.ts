import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as assert from 'uvu/assert'
import { bundleForBrowser } from '../../../.ci/bundleViewer.ts'
import { layoutFiles } from '../../../.ci/layout.ts'
import { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import { chartEdges } from '../../../src/chart/chart.ts'
import { pluginInstallLayout } from '../../../src/chart/layouts/pluginInstall.generated.ts'
import { layouts } from '../../../src/chart/layouts.generated.ts'
import { machines } from '../../../src/chart/machines.ts'
import { arrowOf } from '../../../src/viewer/runAt.ts'
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

  test('every transition of the chart is found again on an arrow of its own', () => {
    for (const { source, target, event } of chartEdges(pluginInstallMachine)) {
      if (target === undefined) continue
      const [from = '', to = ''] = [source, target].map(innermost)
      const arrow = arrowOf(pluginInstallLayout, {
        type: 'transition',
        sequence: 1,
        at: 0,
        from,
        to,
        event,
      })
      assert.ok(
        [`${source} ${target}`, `${from} ${to}`].includes(arrow),
        `${source} → ${target}: ${arrow}`,
      )
    }
  })

  test('every box and every route is within both pictures', () => {
    for (const picture of [pluginInstallLayout.wide, pluginInstallLayout.narrow]) {
      assert.is(picture.boxes.length, pluginInstallLayout.states.length)
      assert.is(picture.routes.length, pluginInstallLayout.arrows.length)
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
    }
  })

  test(`the element with the chart has at most ${MOST_BYTES} bytes, gzipped, and imports nothing`, async () => {
    const bundle = await bundleForBrowser('src/viewer.ts')
    const size = gzipSync(bundle).length
    assert.ok(size <= MOST_BYTES, `${size} bytes`)
    assert.not.match(bundle, /(?:^|[;}\n])import\b/)
  })
})

/** Where a flow is once it has entered a state. */
function innermost(path: string): string {
  const initial = pluginInstallLayout.states.find((state) => state.path === path)?.initial
  return initial === undefined ? path : innermost(initial)
}
