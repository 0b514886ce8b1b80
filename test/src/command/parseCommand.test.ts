import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { noCommand } from '../../../src/command/defineCommand.ts'
import type { InstallCommand } from '../../../src/command/install/install.ts'
import { commandTable, parseCommand } from '../../../src/command/runCommand.ts'
import { suite } from '../../support/suite.ts'
import { installCommand } from './collect.ts'

const accepted: [line: string, command: Partial<InstallCommand>][] = [
  ['install a', {}],
  ['install a DEBUG=1 state.source=/x', { settings: ['DEBUG=1', 'state.source=/x'] }],
  ['install --alias b a', { alias: 'b' }],
  ['install a DEBUG URL=tcp://a/b', { settings: ['DEBUG', 'URL=tcp://a/b'] }],
  ['install --alias=b a', { alias: 'b' }],
  ['install --alias= a', {}],
  ['install --context= a', {}],
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
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text): [string, Partial<InstallCommand>] => [
    `install --disable=${text} a`,
    { disabled: true },
  ]),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text): [string, Partial<InstallCommand>] => [
    `install --disable=${text} --grant-all-permissions=${text} --proxy=${text} --tls=${text} a`,
    {},
  ]),
  ['install --disable=false --disable a', { disabled: true }],
  ['install --disable --disable=false a', {}],
  ['install --json --quiet=false a', { json: true }],
  ['install --grant-all-permissions=false --allow a:b a', { allow: ['a:b'] }],
  ['install --engine embedded --tls=false a', { embedded: true }],
  ['install --tlsverify=false a', { tls: { tls: true } }],
  ['install -q=true a', { quiet: true }],
  ['install -q -q=false a', {}],
  ['install -H=tcp://h:1 a', { host: 'tcp://h:1' }],
  ['install -qH=tcp://h:1 a', { quiet: true, host: 'tcp://h:1' }],
  ['install -Htcp://h:1/a=b a', { host: 'tcp://h:1/a=b' }],
  ['install --disable-content-trust a', { disableContentTrust: true }],
  ['install --disable-content-trust=true a', { disableContentTrust: true }],
  ['install --help=false a', {}],
  ['install a -- --disable=true', { settings: ['--disable=true'] }],
  ['install a -- -q=true', { settings: ['-q=true'] }],
  ['install a -- -v', { settings: ['-v'] }],
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
  ['install --disable=yes a', '--disable takes true or false, and not "yes"'],
  ['install --disable= a', '--disable takes true or false, and not ""'],
  ['install -q=no a', '--quiet takes true or false, and not "no"'],
  ['install --help=maybe a', '--help takes true or false, and not "maybe"'],
  [
    'install --disable-content-trust=false a',
    'content trust is not supported: leave out --disable-content-trust=false',
  ],
  ['install acme/a acme/b', 'install takes one PLUGIN: "acme/b" is not KEY=VALUE'],
  ['install a A=1 b:latest', 'install takes one PLUGIN: "b:latest" is not KEY=VALUE'],
  ['install a -v', "unknown option '-v'"],
  ['install a --version', "unknown option '--version'"],
  ['ls -v', "unknown option '-v'"],
  ['install -qv a', "unknown option '-v'"],
  ['install --nosuch a', "unknown option '--nosuch'"],
  ['install --alais b a', "unknown option '--alais' (did you mean --alias?)"],
  [
    'install --grant-all-permision a',
    "unknown option '--grant-all-permision' (did you mean --grant-all-permissions?)",
  ],
  ['install --alais=b a', "unknown option '--alais' (did you mean --alias?)"],
  ['ls --quite', "unknown option '--quite' (did you mean --quiet?)"],
  ['install --grant-all a', "unknown option '--grant-all' (did you mean --grant-all-permissions?)"],
  ['install --ALIAS=b a', "unknown option '--ALIAS' (did you mean --alias?)"],
  ['install -alias=b a', "unknown option '-a' (did you mean --alias?)"],
  ['uninstall a', 'there is no command "uninstall" (did you mean rm?)'],
  ['delete a', 'there is no command "delete" (did you mean rm?)'],
  ['isntall a', 'there is no command "isntall" (did you mean install?)'],
  ['lst', 'there is no command "lst" (did you mean ls?)'],
  ['help isntall', 'there is no command "isntall" (did you mean install?)'],
  ['help context', 'context needs one of: ls'],
  ['context sl', 'there is no command "context sl" (did you mean context ls?)'],
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
  ['install -x a', /^unknown option '-x'$/],
  ['install a --alias', /^option '--alias.*missing$/],
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

  for (const line of [
    '--help',
    '-h',
    '--help -v',
    '--version --help',
    'install --help',
    'install --help=true',
    'install --nosuch -h a',
    'install -v -h a',
  ]) {
    test(`helps with ${line}`, () =>
      assert.is(parseCommand(commandTable, line.split(' ')).kind, 'help'))
  }

  for (const line of ['--version', '-v', '-v install a', '-v=true', '--version nosuch']) {
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
    ['lss', 'there is no command "lss" (did you mean ls?)'],
    ['context', 'context needs one of: ls, show'],
    ['contxt ls', 'there is no command "contxt" (did you mean context ls?)'],
    ['context lss', 'there is no command "context lss" (did you mean context ls?)'],
    ['context what', 'there is no command "context what"'],
    ['con', 'there is no command "con"'],
  ]
  for (const [words, message] of rows) {
    test(words, () => assert.is(noCommand(words.split(' '), commands), message))
  }
})

/** The input that a command line is parsed to. */
function inputOf(argv: readonly string[]): unknown {
  const command = parseCommand(commandTable, argv)
  return command.kind === 'run' ? command.prepared.input : command
}
