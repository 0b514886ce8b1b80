import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { pluginInstallMachine } from '../../../../machines/plugin-install/pluginInstallMachine.ts'
import type { ChartLayout } from '../../../../src/chart/chartLayout.ts'
import { layOutGraph, layOutMachine } from '../../../../src/chart/layout/layOut.ts'
import { pluginInstallLayout } from '../../../../src/chart/layouts/pluginInstall.generated.ts'
import { parseStatechart, readStatechart } from '../../../../src/chart/statechart/readStatechart.ts'
import { eventText, transitionText } from '../../../../src/chart/statechart/words.ts'
import { hostile, parcel } from '../../../support/foreignMachines.ts'
import { someMachines } from '../../../support/someMachines.ts'
import { suite } from '../../../support/suite.ts'

const root = join(import.meta.dirname, '../../../..')
const LIMIT_MS = 60_000

suite('layOutMachine', (test) => {
  test('any machine :: every state has its place in the state that it is in, every arrow its way', () =>
    fc.assert(
      fc.asyncProperty(someMachines, async (config) => {
        const statechart = readStatechart(config)
        const chart = await layOutMachine(statechart)
        checkPlaces(chart)
        const drawn = chart.arrows.flatMap(({ from, to, events }) =>
          events.map((event) => `${from} ${event} ${to}`),
        )
        const stays = chart.states.flatMap(({ path, stays = [] }) =>
          stays.map((event) => `${path} ${event}`),
        )
        const said = statechart.edges.map((edge) =>
          edge.target === undefined
            ? `${edge.source} ${transitionText(edge)}`
            : `${edge.source} ${eventText(edge)} ${edge.target}`,
        )
        assert.equal([...drawn, ...stays].sort(), said.sort())
      }),
      { numRuns: 25 },
    ))

  test('the chart of this package, given as JSON, has the states and transitions of its own picture', async () => {
    const chart = await layOutMachine(parseStatechart(JSON.stringify(pluginInstallMachine.config)))
    assert.is(chart.id, pluginInstallLayout.id)
    assert.equal(
      chart.states.map(({ stays: _, lines: __, ...state }) => state),
      pluginInstallLayout.states,
    )
    const events = ({ arrows }: ChartLayout) =>
      arrows.map((arrow) => {
        const names = arrow.events.map((event) => event.split(' [')[0])
        return [arrow.from, arrow.to, ...new Set(names)]
      })
    assert.equal(events(chart), events(pluginInstallLayout))
    checkPlaces(chart)
  })

  test('the machine is drawn around its states where something leads to its border, or it is parallel', async () => {
    const paths = async (config: object) =>
      (await layOutMachine(readStatechart(config))).states.map(({ path }) => path)
    const states = { a: {}, b: {} }
    assert.equal(await paths({ initial: 'a', states }), ['a', 'b'])
    assert.equal(await paths({ initial: 'a', states, on: { GO: '.b' } }), ['', 'a', 'b'])
    assert.equal(await paths({ initial: 'a', states, on: { GO: {} } }), ['', 'a', 'b'])
    assert.equal(await paths({ type: 'parallel', states }), ['', 'a', 'b'])
  })

  test('text that does not fit in a box or at an arrow is cut', async () => {
    const { states, picture } = await layOutMachine(readStatechart(hostile))
    const long = states.findIndex(({ path }) => path === 'n'.repeat(500))
    assert.is(states[long]?.name, `${'n'.repeat(39)}…`)
    assert.equal(states[long]?.lines, [`${'e'.repeat(33)}…`])
    assert.equal(states[long]?.stays, [`${'e'.repeat(500)} / <i>`])
    assert.ok(picture.width < 800, `${picture.width}`)
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`E${index}`, 'b']))
    const { picture: crowded } = await layOutMachine(
      readStatechart({ initial: 'a', states: { a: { on: many }, b: {} } }),
    )
    const lines = crowded.routes[0]?.label?.lines ?? []
    assert.equal([lines.length, lines.at(-1)], [8, 'and 23 more'])
  })

  test('the actions of a state are in its box, unless there are many states', async () => {
    const loading = { entry: 'spin', exit: 'stop', invoke: { src: 'load' }, on: { GO: {} } }
    const boxOf = async (others: number) => {
      const more = Array.from({ length: others }, (_, index) => [`s${index}`, {}])
      const states = { loading, ...Object.fromEntries(more) }
      return (await layOutMachine(readStatechart({ initial: 'loading', states }))).states.find(
        ({ path }) => path === 'loading',
      )
    }
    const doings = ['entry / spin', 'exit / stop', 'invoke / load']
    assert.equal((await boxOf(1))?.lines, [...doings, 'GO'])
    assert.equal((await boxOf(1))?.stays, ['GO'])
    assert.equal((await boxOf(40))?.lines, ['GO'])
  })

  test('a long way of 72 states stands in columns, and every arrow leads from its state to its state', async () => {
    const chart = await layOutMachine(readStatechart(longWay(72)))
    checkPlaces(chart)
    const { width, height } = chart.picture
    assert.ok(height < width * 2, `${width} x ${height}`)
    const far = chart.arrows.findIndex(({ from, to }) => from === 's5' && to === 's60')
    assert.is(chart.picture.routes[far]?.points.length, 4, 'a straight one')
  })

  test('states stand in the order of the config, and arrows back lead upwards', async () => {
    const { picture, arrows } = await layOutMachine(
      readStatechart({
        initial: 'b',
        states: { a: { on: { GO: 'b' } }, b: {}, c: { on: { BACK: 'a' } } },
      }),
    )
    const [a = 0, b = 0, c = 0] = picture.boxes.map(([, top]) => top)
    assert.ok(a < b && a < c, `${a}, ${b}, ${c}`)
    const falls = picture.routes.map(({ points }) => Number(points.at(-1)) > Number(points[1]))
    assert.equal(
      [arrows.map(({ to }) => to), falls],
      [
        ['b', 'a'],
        [true, false],
      ],
    )
  })

  test('a graph that cannot be laid out fails with a sentence', () =>
    layOutGraph({
      id: 'graph',
      edges: [{ id: 'edge', sources: ['none'], targets: ['none'] }],
    }).then(
      () => assert.unreachable('it was laid out'),
      ({ message }) => assert.is(message, 'the layout of the picture failed'),
    ))

  test('without elkjs :: one sentence with the command that installs the version this package is for', async () => {
    const hook = `export const resolve = (name, context, next) => {
      if (name.startsWith('elkjs/')) throw new Error('not found')
      return next(name, context)
    }`
    const script = `
      import { register } from 'node:module'
      register(${JSON.stringify(toModule(hook))})
      const { layOutGraph } = await import('./src/chart/layout/layOut.ts')
      await layOutGraph({ id: 'graph' }).catch(({ message }) => console.log(message))`
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type', 'module', '-e', script],
      { cwd: root, timeout: LIMIT_MS },
    )
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const [version] = /\d+\.\d+/.exec(peerDependencies.elkjs) ?? []
    assert.is(
      stdout + stderr,
      `elkjs, which lays out the picture, is missing: npm install elkjs@${version}, with --global beside a global plugin-flow\n`,
    )
  })

  test('regions, histories, and where a state begins', async () => {
    const { states, initial } = await layOutMachine(readStatechart(parcel))
    const regions = states.filter(({ isRegion }) => isRegion).map(({ path }) => path)
    assert.equal(regions, ['working.payment', 'working.packing'])
    assert.is(states.find(({ path }) => path === 'working.packing.recent')?.name, 'H* recent')
    assert.is(initial, 'idle')
  })
})

/** Steps one after the other, with ways back, and some over many steps. */
function longWay(length: number) {
  const states = Object.fromEntries(
    Array.from({ length }, (_, index) => [
      `s${index}`,
      {
        on: {
          ...(index + 1 < length && { NEXT: `s${index + 1}` }),
          ...(index % 4 === 3 && { BACK: `s${index - 1}` }),
          ...(index % 9 === 5 && { JUMP: `s${(index + 55) % length}` }),
        },
      },
    ]),
  )
  return { initial: 's0', states }
}

/** Every box within the box of its parent, or the picture, and every way within the picture. */
function checkPlaces({ states, arrows, picture }: ChartLayout): void {
  const boxes = new Map(states.map(({ path }, index) => [path, picture.boxes[index] ?? []]))
  const whole = [0, 0, picture.width, picture.height]
  for (const [path, box] of boxes) {
    const parent = /^(.*[^\\])\./s.exec(path)?.[1] ?? ''
    const around = (path !== '' && boxes.get(parent)) || whole
    assert.ok((box[2] ?? 0) > 0 && (box[3] ?? 0) > 0, path)
    assert.ok(isWithin(box, around), `${path}: ${box} in ${around}`)
  }
  assert.is(picture.routes.length, arrows.length)
  for (const [index, { points, label }] of picture.routes.entries()) {
    const { from, to } = arrows[index] ?? {}
    assert.ok(points.length >= 4 && label && label.lines.length > 0, `${from} → ${to}`)
    assert.ok(isAt(boxes.get(from ?? ''), points.slice(0, 2)), `${from} → ${to} begins elsewhere`)
    assert.ok(isAt(boxes.get(to ?? ''), points.slice(-2)), `${from} → ${to} ends elsewhere`)
    for (const [at, value] of points.entries())
      assert.ok(
        value >= -1 && value <= (at % 2 ? picture.height : picture.width) + 1,
        `${from} → ${to}`,
      )
  }
}

/** On the border of a box. */
function isAt(box: readonly number[] = [], [x = 0, y = 0]: readonly number[]): boolean {
  const [left = 0, top = 0, width = 0, height = 0] = box
  const isNear = (one: number, other: number) => Math.abs(one - other) <= 1
  const isBeside = [left, left + width].some((side) => isNear(side, x))
  const isAbove = [top, top + height].some((side) => isNear(side, y))
  return (isBeside || isAbove) && isWithin([x, y], [left - 1, top - 1, width + 2, height + 2])
}

/** But for what is rounded. */
function isWithin(
  [x = -1, y = -1, width = 0, height = 0]: readonly number[],
  [left = 0, top = 0, room = 0, depth = 0]: readonly number[],
): boolean {
  return x >= left && y >= top && x + width <= left + room + 1 && y + height <= top + depth + 1
}

function toModule(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}
