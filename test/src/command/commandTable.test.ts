import * as assert from 'uvu/assert'
import { commonOptions, findCommand, type OptionEntry } from '../../../src/command/defineCommand.ts'
import { commandTable } from '../../../src/command/runCommand.ts'
import { suite } from '../../support/suite.ts'

suite('commandTable', (test) => {
  test('every name is one command’s alone, and finds it', () => {
    const names = commandTable.flatMap(({ name, aliases = [] }) => [name, ...aliases])
    assert.is(new Set(names).size, names.length)
    for (const command of commandTable) {
      for (const name of [command.name, ...(command.aliases ?? [])]) {
        assert.is(findCommand(commandTable, [...name.split(' '), 'more']), command)
        // The words of a command are taken off by their number.
        assert.is(name.split(' ').length, command.name.split(' ').length)
      }
    }
    assert.is(findCommand(commandTable, []), undefined)
    assert.is(findCommand(commandTable, ['nosuch']), undefined)
    assert.is(findCommand(commandTable, ['ls more']), undefined)
    assert.is(findCommand(commandTable, ['lsx']), undefined)
  })

  test('an option has the same type in every command, so that values can be distinguished from words', () => {
    const types = new Map<string, OptionEntry['type']>()
    for (const { name, options } of commandTable) {
      for (const [option, { type }] of Object.entries(options)) {
        assert.is(types.get(option) ?? type, type, `${name} --${option}`)
        types.set(option, type)
      }
    }
  })

  for (const { name, summary, options, notes = '' } of commandTable) {
    test(`${name} :: no two options have the same letter`, () => {
      const all = Object.values({ ...options, ...commonOptions }) as OptionEntry[]
      const letters = all.flatMap(({ short }) => short ?? [])
      assert.is(new Set(letters).size, letters.length)
      for (const option of Object.keys(commonOptions)) assert.not(option in options)
    })

    test(`${name} :: texts are sentences that can stand in a shell’s script`, () => {
      for (const text of [summary, ...Object.values(options).map(({ help }) => help)]) {
        assert.match(text, /^[A-Zajrt].*[^.]$/)
        assert.not.match(text, /[\n`$]/)
      }
      assert.not.match(notes, /[ \n]$/)
    })

    test(`${name} :: an option has a name for its value, or takes none`, () => {
      for (const [option, entry] of Object.entries<OptionEntry>(options)) {
        assert.is(entry.type === 'string', entry.value !== undefined, option)
        for (const choice of entry.choices ?? []) assert.match(choice, /^\w[\w=-]*$/)
      }
    })
  }
})
