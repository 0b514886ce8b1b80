import * as assert from 'uvu/assert'
import { terminalStyle } from '../../../src/command/views/terminal.ts'
import { layerLines } from '../../../src/command/views/terminalView.ts'
import type { LayerProgress } from '../../../src/index.ts'
import { suite } from '../../support/suite.ts'

suite('layerLines', (test) => {
  test('name, phase, bar, percent of the phase and bytes', () => {
    const layers: LayerProgress[] = [
      { id: '000000000000', phase: 'waiting', current: 0, extracted: 0 },
      { id: '111111111111', phase: 'downloading', current: 250_000, extracted: 0 },
      {
        id: '222222222222',
        phase: 'downloading',
        current: 250_000,
        total: 1_000_000,
        extracted: 0,
      },
      {
        id: '333333333333',
        phase: 'extracting',
        current: 1_000_000,
        total: 1_000_000,
        extracted: 500_000,
      },
      {
        id: '444444444444',
        phase: 'complete',
        current: 1_000_000,
        total: 1_000_000,
        extracted: 1_000_000,
      },
      { id: '555555555555', phase: 'complete', current: 0, total: 0, extracted: 0 },
    ]
    assert.equal(texts(layers, 10, 78), [
      '  000000000000  waiting      ....................',
      '  111111111111  downloading  ....................        250.0 kB',
      '  222222222222  downloading  -----...............   25%  250.0 kB of 1.0 MB',
      '  333333333333  extracting   ==========----------   50%  500.0 kB of 1.0 MB',
      '  444444444444  complete     ====================  100%  1.0 MB',
      '  555555555555  complete     ====================  100%',
    ])
  })

  test('a bar grows with the terminal, to its most, and gives way to the words', () => {
    const bars = [20, 58, 60, 88, 300].map((columns) => {
      const [line = ''] = texts([complete('a')], 10, columns)
      return line.replaceAll(/[^=]/g, '').length
    })
    assert.equal(bars, [0, 0, 2, 30, 30])
  })

  test('an id is data: cut to twelve, and made visible', () => {
    const [line = ''] = texts([complete('\x1b[2J-and-much-more')], 10, 60)
    assert.match(line, /^ {2}\\u\{1b\}\[2J-an {2}complete/)
  })

  test('in few rows what is complete makes room', () => {
    const layers = [complete('a'), waiting('b'), complete('c'), waiting('d'), waiting('e')]
    const names = (rows: number) =>
      texts(layers, rows, 60).map((line) => line.trim().slice(0, 22).trim())
    assert.equal(
      names(5).map((name) => name[0]),
      ['a', 'b', 'c', 'd', 'e'],
    )
    assert.equal(names(4), [
      'b             waiting',
      'd             waiting',
      'e             waiting',
      '2 of 5 layers complete',
    ])
    assert.equal(names(2), ['b             waiting', '2 of 5 layers complete'])
    assert.equal(names(1), ['2 of 5 layers complete'])
    assert.equal(names(0), [])
  })
})

function texts(layers: LayerProgress[], rows: number, columns: number): string[] {
  const lines = layerLines(layers, rows, columns, terminalStyle({}))
  return lines.map((pieces) =>
    pieces
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  )
}

function waiting(id: string): LayerProgress {
  return { id, phase: 'waiting', current: 0, extracted: 0 }
}

function complete(id: string): LayerProgress {
  return { id, phase: 'complete', current: 1, total: 1, extracted: 1 }
}
