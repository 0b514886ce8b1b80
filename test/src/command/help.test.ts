import * as assert from 'uvu/assert'
import { HELP } from '../../../src/command/help.ts'
import { parseCommand } from '../../../src/command/parseCommand.ts'
import { suite } from '../../support/suite.ts'

suite('help', (test) => {
  test('every option that it names is taken', () => {
    const names = [...HELP.matchAll(/^ +(?:-(\w), )?--([\w-]+)( [A-Z]+| embedded)?/gm)]
    assert.is(names.length, 10)
    for (const [, short, long, value] of names) {
      const argument =
        value === undefined ? [] : [`${long}` === 'enable-timeout' ? '7' : 'embedded']
      for (const option of [`--${long}`, ...(short ? [`-${short}`] : [])]) {
        const { kind } = parseCommand(['install', 'a', option, ...argument])
        assert.not.equal(kind, 'usage', option)
      }
    }
  })

  test('its examples are taken', () => {
    const examples = [...HELP.matchAll(/^ {4}plugin-flow ([^|\n]+)/gm)].map(([, line = '']) => line)
    assert.is(examples.length, 4)
    for (const line of examples) {
      assert.is(parseCommand(line.trim().split(' ')).kind, 'install', line)
    }
  })

  test('it fits a terminal', () => {
    for (const line of HELP.split('\n')) assert.ok(line.length <= 100, line)
  })
})
