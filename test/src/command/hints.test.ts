import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { findCommand } from '../../../src/command/defineCommand.ts'
import { commandTable } from '../../../src/command/runCommand.ts'
import { suite } from '../../support/suite.ts'

/** The name of the program before a word of a sentence. */
const PROSE = /^(?:process|could)\b/
/** The machine of an upgrade names a command that the table does not have yet. */
const NOT_YET = /^upgrade\b/
const HINT = /(?<!docker-)plugin-flow ((?:\$\{[^}]*\}|[^`"'(){}\n;,:])+)/g

/** Every `plugin-flow …` that a message, an example or a next step holds. */
function hints(): string[] {
  return ['machines', 'adapters', 'src']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file))),
    )
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => !/generated|src\/command\/completion|src\/command\/help\.ts/.test(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(HINT)].map(([, line = '']) => line))
    .filter((line) => /^[a-z]/.test(line) && !PROSE.test(line) && !NOT_YET.test(line))
}

suite('plugin-flow as it is named in messages', (test) => {
  for (const line of new Set(hints())) {
    test(line, () => {
      const words = line.split(/\s+/)
      const command = findCommand(commandTable, words)
      assert.ok(command, 'there is no such command')
      for (const [, option = ''] of line.matchAll(/(?<=\s)--([a-z-]+)/g)) {
        assert.ok(option in command.options, `${command.name} has no --${option}`)
      }
    })
  }
})
