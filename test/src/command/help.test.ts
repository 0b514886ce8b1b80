import * as assert from 'uvu/assert'
import { commonOptions } from '../../../src/command/defineCommand.ts'
import { helpText } from '../../../src/command/help.ts'
import { commandTable, parseCommand } from '../../../src/command/runCommand.ts'
import { suite } from '../../support/suite.ts'

suite('help', (test) => {
  test('the overview names every command with its summary', () => {
    // Long summaries go on below themselves.
    const overview = helpText(commandTable, undefined, 100).replace(/\n {10,}/g, ' ')
    for (const { name, summary } of commandTable) {
      const line = overview.split('\n').find((line) => line.startsWith(`  ${name} `))
      assert.ok(line?.endsWith(` ${summary}`), name)
    }
    for (const name of Object.keys(commonOptions)) assert.match(overview, `--${name} `)
  })

  for (const command of commandTable) {
    const { name, options, examples } = command
    test(`${name} :: names its options`, () => {
      const help = helpText(commandTable, command)
      for (const [option, { short, value }] of Object.entries(options)) {
        const shown = `${short ? `-${short}, ` : ''}--${option}${value ? ` ${value}` : ''}`
        assert.ok(new RegExp(`^ +${shown}( |$)`, 'm').test(help), shown)
      }
    })

    test(`${name} :: its examples are taken, and mean it`, () => {
      assert.ok(examples.length > 0)
      for (const { line } of examples) {
        const words = line.replace(/^.*?plugin-flow ?/, '').replace(/(?: [|>][\s\S]*|\))$/, '')
        const argv = words.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? []
        const parsed = parseCommand(commandTable, argv)
        assert.is(parsed.kind, 'run', `${line}: ${JSON.stringify(parsed)}`)
        assert.is(parsed.kind === 'run' && parsed.command, command)
      }
    })
  }

  test('install :: its options stand in groups, each named once, and headings are bold', () => {
    const install = commandTable.find(({ name }) => name === 'install')
    const help = helpText(commandTable, install, 80, (tone, text) => `<${tone}>${text}`)
    const headings = help.match(/^<strong>.*:$/gm)?.map((line) => line.replace('<strong>', ''))
    const groups = ['Consent', 'Registry', 'Engine', 'Output'].map((name) => `${name} options:`)
    assert.equal(headings, ['Options:', ...groups, 'Examples:'])
    const [, consent = ''] = help.split('<strong>Consent options:')
    for (const option of ['--allow', '--policy', '--grant-all-permissions']) {
      assert.match(consent.split('<strong>')[0] ?? '', option)
    }
  })

  for (const columns of [40, 80, 100, 200]) {
    test(`it fits a terminal of ${columns} columns`, () => {
      for (const command of [undefined, ...commandTable]) {
        const written = command?.examples.map(({ line }) => line).join('\n') ?? ''
        for (const line of helpText(commandTable, command, columns).split('\n')) {
          const isWhole = written.includes(line.trim()) || !line.trim().includes(' ')
          assert.ok(line.length <= Math.min(columns, 100) || isWhole, `${line.length}: ${line}`)
        }
      }
    })
  }
})
