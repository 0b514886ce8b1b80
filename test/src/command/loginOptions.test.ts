import * as assert from 'uvu/assert'
import { commandTable, parseCommand } from '../../../src/command/runCommand.ts'
import { suite } from '../../support/suite.ts'

function parse(line: string) {
  const command = parseCommand(commandTable, line.split(' '))
  if (command.kind === 'usage') return command.message
  return command.kind === 'run' ? Object(command.prepared.input).login : command.kind
}

suite('loginOptions', (test) => {
  const cases: [line: string, login: unknown][] = [
    ['install a', undefined],
    ['install -u alice a', { username: 'alice', passwordStdin: false }],
    ['install --username=alice a', { username: 'alice', passwordStdin: false }],
    ['install --username alice --password-stdin a', { username: 'alice', passwordStdin: true }],
    ['install --password-stdin a', '--password-stdin needs --username'],
    ['install --username= a', '--username needs a name'],
  ]
  for (const [line, login] of cases) test(line, () => assert.equal(parse(line), login))

  test('there is no option that takes the password itself', () => {
    assert.match(parse('install -u alice --password secret a'), /^unknown option '--password'/)
  })
})
