import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { commandTable } from '../../../src/command/commandTable.ts'
import type { InstallCommand } from '../../../src/command/install/install.ts'
import { noCommand, parseCommand } from '../../../src/command/parseCommand.ts'
import { suite } from '../../support/suite.ts'
import { installCommand } from './collect.ts'

const accepted: [line: string, command: Partial<InstallCommand>][] = [
  ['install a', {}],
  ['install a DEBUG=1 state.source=/x', { settings: ['DEBUG=1', 'state.source=/x'] }],
  ['install --alias b a', { alias: 'b' }],
  ['install --alias=b a', { alias: 'b' }],
  ['install --disable a', { disabled: true }],
  ['install --grant-all-permissions a', { grantAllPermissions: true }],
  ['install -H tcp://h:1 a', { host: 'tcp://h:1' }],
  ['install --host unix:///x a', { host: 'unix:///x' }],
  ['-H tcp://h:1 install a', { host: 'tcp://h:1' }],
  ['install --context far a', { context: 'far' }],
  ['--context=far install a', { context: 'far' }],
  ['install --tlsverify a', { tls: { tlsverify: true } }],
  [
    'install --tls --tlscacert /a --tlscert /b --tlskey /c -H tcp://h a',
    { host: 'tcp://h', tls: { tls: true, tlscacert: '/a', tlscert: '/b', tlskey: '/c' } },
  ],
  ['install --tlscacert ca.pem a', { tls: { tlscacert: resolve('ca.pem') } }],
  ['install --proxy -H tcp://h a', { host: 'tcp://h', proxy: true }],
  ['--proxy install --context far a', { context: 'far', proxy: true }],
  ['install --engine embedded a', { embedded: true }],
  ['install --keep-on-failure a', { keepOnFailure: true }],
  ['install --enable-timeout 30 a', { enableTimeout: 30 }],
  ['install --enable-timeout 3600 a', { enableTimeout: 3_600 }],
  ['install --json a', { json: true }],
  ['install -q a', { quiet: true }],
  ['install --dry-run a', { dryRun: true }],
  ['install --if-present keep a', { ifPresent: 'keep' }],
  ['install --if-present=finish a', { ifPresent: 'finish' }],
  ['install --allow mount:/x --allow network:host a', { allow: ['mount:/x', 'network:host'] }],
  ['install --policy p.json a', { policy: 'p.json' }],
  ['install a DEBUG=1 --json --alias b', { settings: ['DEBUG=1'], json: true, alias: 'b' }],
  ['install a -- --odd=1', { settings: ['--odd=1'] }],
  ['install a -- --help', { settings: ['--help'] }],
]

const refused: [line: string, message: string][] = [
  ['', 'there is no command'],
  ['nosuch a', 'there is no command "nosuch"'],
  ['install', 'install needs a PLUGIN'],
  ['install --json', 'install needs a PLUGIN'],
  ['install --engine docker a', '--engine must be "embedded", not "docker"'],
  ...(
    [
      ['-H unix:///x', 'host'],
      ['--context far', 'context'],
      ['--tls', 'tls'],
      ['--tlsverify', 'tlsverify'],
      ['--tlscacert x', 'tlscacert'],
      ['--tlscert x', 'tlscert'],
      ['--tlskey x', 'tlskey'],
      ['--proxy', 'proxy'],
    ] as const
  ).flatMap(([given, name]): [string, string][] => {
    const message = `--engine embedded is inside this command: leave out --${name}`
    return [
      [`install --engine embedded ${given} a`, message],
      [`ui ${given} --engine embedded`, message],
    ]
  }),
  ['install -H unix:///x --context far a', '--host and --context cannot be combined'],
  [
    'install --context far --tlscacert ca.pem a',
    'a context has its own TLS settings: leave out the --tls options',
  ],
  ['install --if-present maybe a', '--if-present takes fail, keep or finish, and not "maybe"'],
  ['install --quiet --json a', '--quiet and --json cannot be combined'],
  ['install --allow a:b --policy p a', '--allow and --policy cannot be combined'],
  [
    'install --policy p --grant-all-permissions a',
    '--grant-all-permissions and --policy cannot be combined',
  ],
  ...['-1', '1.5', 'ten', '3601', '99999', '1e3', ' 1'].map((text): [string, string] => [
    `install a --enable-timeout=${text}`,
    `--enable-timeout takes whole seconds up to 3600, and not "${text}"`,
  ]),
]

/** The rest of the words are Node's own. */
const misused: [line: string, words: RegExp][] = [
  ['install --nosuch a', /^unknown option '--nosuch'$/],
  ['install -x a', /^unknown option '-x'$/],
  ['install a --alias', /^option '--alias.*missing$/],
  ['install --disable=yes a', /^option '--disable'.*argument$/],
  ['install --host -x a', /^option '.*--host.*ambiguous$/],
]

suite('parseCommand', (test) => {
  for (const [line, command] of accepted) {
    test(`takes ${line}`, () => {
      const install = installCommand({ reference: 'a', ...command })
      assert.equal(inputOf(line.split(' ')), install)
    })
  }

  for (const [line, message] of refused) {
    test(`refuses "${line}"`, () => {
      const argv = line === '' ? [] : line.split(/ (?!1$)/)
      const command = parseCommand(commandTable, argv)
      assert.is(command.kind === 'usage' ? command.message : '', message)
    })
  }

  for (const [line, words] of misused) {
    test(`refuses "${line}"`, () => {
      const command = parseCommand(commandTable, line.split(' '))
      assert.match(command.kind === 'usage' ? command.message : '', words)
    })
  }

  test('finds the command behind options and their values, by any of its names', () => {
    const lines: [line: string, name: string][] = [
      ['ls', 'ls'],
      ['list -q', 'ls'],
      ['-H unix:///ls rm a', 'rm'],
      ['--host=unix:///ls remove a', 'rm'],
      ['--format ls inspect a', 'inspect'],
      ['help rm', 'help'],
    ]
    for (const [line, name] of lines) {
      const command = parseCommand(commandTable, line.split(' '))
      assert.is(command.kind === 'run' ? command.command.name : command.kind, name, line)
    }
  })

  for (const line of ['--help', '-h', 'install --help', 'install --nosuch -h a']) {
    test(`helps with ${line}`, () =>
      assert.is(parseCommand(commandTable, line.split(' ')).kind, 'help'))
  }

  for (const line of ['--version', '-v', 'install --version']) {
    test(`shows its version for ${line}`, () => {
      assert.equal(parseCommand(commandTable, line.split(' ')), { kind: 'version' })
    })
  }

  test('an empty reference and an empty setting are for the flow to refuse', () => {
    const install = installCommand({ reference: '', settings: [''] })
    assert.equal(inputOf(['install', '', '']), install)
  })
})

suite('noCommand', (test) => {
  const commands = [{ name: 'ls' }, { name: 'context ls' }, { name: 'context show' }]
  const rows: [words: string, message: string][] = [
    ['lss', 'there is no command "lss"'],
    ['context', 'context needs one of: ls, show'],
    ['context lss', 'there is no command "context lss"'],
    ['con', 'there is no command "con"'],
  ]
  for (const [words, message] of rows) {
    test(words, () => assert.is(noCommand(words.split(' '), commands), message))
  }
})

/** What a command was asked for. */
function inputOf(argv: readonly string[]): unknown {
  const command = parseCommand(commandTable, argv)
  return command.kind === 'run' ? command.prepared.input : command
}
