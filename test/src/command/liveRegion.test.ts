import * as assert from 'uvu/assert'
import type { Line } from '../../../src/command/views/terminal.ts'
import { liveRegion } from '../../../src/command/views/terminal.ts'
import { suite } from '../../support/suite.ts'
import { collected } from './collect.ts'
import { screenOf } from './screen.ts'

suite('liveRegion', (test) => {
  test('draws over what it drew, also when that was more', () => {
    const { region, screen } = setUp()
    region.draw(lines('one', 'two', 'three'))
    assert.equal(screen(), ['one', 'two', 'three', ''])
    region.draw(lines('1', '2'))
    assert.equal(screen(), ['1', '2', ''])
    region.draw([])
    assert.equal(screen(), [''])
  })

  test('persistent lines stay above', () => {
    const { region, screen } = setUp()
    region.draw(lines('live'))
    region.persist(lines('kept'))
    region.draw(lines('live', 'more'))
    region.persist(lines('kept too'))
    region.draw(lines('last'))
    assert.equal(screen(), ['kept', 'kept too', 'last', ''])
  })

  test('lines below it are not drawn over', () => {
    const { output, region, screen } = setUp()
    region.draw(lines('live'))
    region.draw([])
    output.write('Well? y\n')
    region.draw([])
    region.draw(lines('live'))
    assert.equal(screen(), ['Well? y', 'live', ''])
  })

  test('a terminal that became narrower has wrapped what was drawn', () => {
    let columns = 10
    const { output, region } = setUp(() => columns)
    region.draw(lines('123456789', '12'))
    columns = 4
    region.draw(lines('ab'))
    // 3 rows and 1: the terminal wraps by itself, and the cursor stays below.
    assert.ok(output.stream.text().endsWith('\r\x1b[4Aab\x1b[K\n\x1b[J'))
  })

  test('nothing to draw over nothing writes nothing', () => {
    const { output, region } = setUp()
    region.draw([])
    assert.is(output.stream.text(), '')
  })
})

function lines(...texts: string[]): Line[] {
  return texts.map((text) => ({ text, width: text.length }))
}

function setUp(columns = () => 80) {
  const output = collected()
  return {
    output,
    region: liveRegion(output, columns),
    screen: () => screenOf(output.stream.text()),
  }
}
