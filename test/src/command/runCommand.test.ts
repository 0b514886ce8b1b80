import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { findCommand } from '../../../src/command/defineCommand.ts'
import { helpText } from '../../../src/command/help.ts'
import { commandTable } from '../../../src/command/runCommand.ts'
import { suite } from '../../support/suite.ts'
import { run } from './stage.ts'

const manifest = join(import.meta.dirname, '../../../package.json')
const VERSION = JSON.parse(readFileSync(manifest, 'utf8')).version

suite('runCommand', (test) => {
  const cases: [argv: string[], code: number, stdout: string, stderr: string][] = [
    [['--help'], 0, helpText(commandTable, undefined), ''],
    [['install', '-h'], 0, helpText(commandTable, findCommand(commandTable, ['install'])), ''],
    [['help'], 0, helpText(commandTable, undefined), ''],
    [['help', 'install'], 0, helpText(commandTable, findCommand(commandTable, ['install'])), ''],
    [['help', 'remove'], 0, helpText(commandTable, findCommand(commandTable, ['rm'])), ''],
    [
      ['help', 'nosuch', 'thing'],
      2,
      '',
      'plugin-flow: there is no command "nosuch"; see plugin-flow help --help\n',
    ],
    [['--version'], 0, `plugin-flow ${VERSION}\n`, ''],
    [[], 2, '', 'plugin-flow: there is no command; see plugin-flow --help\n'],
    [['install'], 2, '', 'plugin-flow: install needs a PLUGIN; see plugin-flow install --help\n'],
    [['\x1b[2J'], 2, '', 'plugin-flow: there is no command "\\u{1b}[2J"; see plugin-flow --help\n'],
  ]
  for (const [argv, code, stdout, stderr] of cases) {
    test(JSON.stringify(argv), async () => {
      const running = run({}, {}, argv)
      assert.is(await running.code, code)
      assert.is(running.stdout.text(), stdout)
      assert.is(running.stderr.text(), stderr)
      assert.equal(running.signals.eventNames(), [])
    })
  }

  test('whatever is thrown is one line', async () => {
    const env = new Proxy(
      { HOME: '/nowhere' },
      {
        get: (_, name) => {
          if (name === 'HOME') return '/nonexistent'
          if (/COLOR|TERM/.test(String(name))) return undefined
          throw new RangeError('out\nof range')
        },
      },
    )
    const running = run({}, env, ['install', 'acme/plain'])
    assert.is(await running.code, 1)
    assert.is(running.stdout.text(), '')
    assert.is(
      running.stderr.text(),
      'plugin-flow: unexpected error: RangeError: out\\u{a}of range\n',
    )
  })
})
