import * as assert from 'uvu/assert'
import { definePlugin } from '../../../../adapters/embedded/definePlugin.ts'
import { suite } from '../../../support/suite.ts'
import { collector } from '../collect.ts'
import { asTerminal } from '../screen.ts'
import { onStage, run, type Stage } from '../stage.ts'

const LONG = 'words that go on and on, further than the columns of a listing'
const registries = {
  'docker.io': {
    repositories: {
      'acme/a10': { latest: definePlugin({ config: { Description: LONG } }) },
      'acme/a9': { latest: definePlugin({ config: { Description: 'two\r\nlines' } }) },
      'acme/hostile': { latest: definePlugin({ config: { Description: '\x1b[2Jcleared' } }) },
    },
  },
}

/** Two plugins, of which one is enabled. */
const onListed = (act: (stage: Stage) => Promise<void>) =>
  onStage(
    async (stage) => {
      await stage.command('install', 'acme/a10', '--disable')
      await stage.command('install', 'acme/a9')
      await act(stage)
    },
    { registries },
  )

const ids = ({ embedded }: Stage) =>
  Object.fromEntries(embedded.plugins().map(({ Name, Id }) => [Name, Id]))

suite('plugin-flow ls', (test) => {
  test('a table, in the order in which people count', () =>
    onListed(async (stage) => {
      const { 'acme/a9:latest': nine, 'acme/a10:latest': ten } = ids(stage)
      assert.equal(await stage.command('ls'), {
        code: 0,
        stdout: `ID             NAME              DESCRIPTION                                     ENABLED
${nine?.slice(0, 12)}   acme/a9:latest    twolines                                        true
${ten?.slice(0, 12)}   acme/a10:latest   words that go on and on, further than the co…   false
`,
        stderr: '',
      })
    }))

  test('no plugin :: the header', () =>
    onStage(async ({ command }) => {
      const { code, stdout } = await command('list')
      assert.equal([code, stdout], [0, 'ID        NAME      DESCRIPTION   ENABLED\n'])
    }))

  const listings: [args: string[], lines: (nine: string, ten: string) => string[]][] = [
    [['-q'], (nine, ten) => [nine.slice(0, 12), ten.slice(0, 12)]],
    [['--quiet', '--no-trunc'], (nine, ten) => [nine, ten]],
    [['-q', '--format', 'table'], (nine, ten) => [nine.slice(0, 12), ten.slice(0, 12)]],
    [['-q', '--filter', 'enabled=true'], (nine) => [nine.slice(0, 12)]],
    [['-q', '-f', ' ENABLED = false '], (_, ten) => [ten.slice(0, 12)]],
    [
      ['-q', '-f', 'capability=volumedriver', '-f', ''],
      (nine, ten) => [nine.slice(0, 12), ten.slice(0, 12)],
    ],
    [['-q', '-f', 'capability=authz'], () => []],
    [
      ['--format', '{{.Name}} {{.Enabled}}'],
      () => ['acme/a9:latest true', 'acme/a10:latest false'],
    ],
    [['--no-trunc', '--format', '{{.Description}}'], () => ['twolines', LONG]],
    [
      ['--format', 'table {{.Name}}\\t{{.PluginReference}}'],
      () => [
        'NAME              IMAGE',
        'acme/a9:latest    docker.io/acme/a9:latest',
        'acme/a10:latest   docker.io/acme/a10:latest',
      ],
    ],
    [['--format', 'table {{json .Name}}'], () => ['NAME', '"acme/a9:latest"', '"acme/a10:latest"']],
    [
      ['--format', 'raw', '--filter', 'enabled=true'],
      (nine) => [
        `plugin_id: ${nine.slice(0, 12)}`,
        'name: acme/a9:latest',
        'description: twolines',
        'enabled: true',
        '',
      ],
    ],
    [
      ['--format', 'raw', '-q'],
      (nine, ten) => [`plugin_id: ${nine.slice(0, 12)}`, `plugin_id: ${ten.slice(0, 12)}`],
    ],
    [
      ['--format', 'json', '--filter', 'enabled=true'],
      (nine) => [
        `{"Description":"twolines","Enabled":true,"ID":"${nine.slice(0, 12)}","Name":"acme/a9:latest","PluginReference":"docker.io/acme/a9:latest"}`,
      ],
    ],
  ]
  for (const [args, lines] of listings) {
    test(`ls ${args.join(' ')}`, () =>
      onListed(async (stage) => {
        const { 'acme/a9:latest': nine = '', 'acme/a10:latest': ten = '' } = ids(stage)
        const { code, stdout, stderr } = await stage.command('ls', ...args)
        assert.equal([code, stderr], [0, ''])
        assert.equal(stdout.split('\n').slice(0, -1), lines(nine, ten))
      }))
  }

  test('the description of a plugin cannot clear a terminal', () =>
    onStage(
      async ({ command }) => {
        await command('install', 'acme/hostile')
        for (const format of ['table', 'json', 'raw', '{{.Description}}']) {
          const { stdout } = await command('ls', '--format', format)
          assert.match(stdout, 'cleared')
          assert.not.match(stdout, '\x1b')
        }
      },
      { registries },
    ))

  test('a terminal without Unicode has another ellipsis', () =>
    onListed(async ({ embedded, config }) => {
      for (const [LANG, ellipsis] of [
        ['C', '...'],
        ['de_DE.UTF-8', '…'],
      ] as const) {
        const stdout = asTerminal(collector())
        const env = { DOCKER_HOST: embedded.host, DOCKER_CONFIG: config, LANG }
        assert.is(await run({ stdout }, env, ['ls']).code, 0)
        assert.ok(stdout.text().includes(`${ellipsis}   false`), stdout.text())
      }
    }))

  const failures: [args: string[], code: number, line: RegExp][] = [
    [['x'], 2, /^plugin-flow: ls takes no arguments; see plugin-flow ls --help\n$/],
    [['--filter', 'enabled'], 2, /^plugin-flow: --filter takes NAME=VALUE, and not "enabled"; see/],
    [['--filter', 'nosuch=1'], 1, /^plugin-flow: the engine failed at pluginList .*'nosuch'\n$/],
    [['--format', '{{.Nope}}'], 2, /^plugin-flow: --format: there is no field Nope; see/],
    [['--format', '{{if .Name}}'], 2, /^plugin-flow: --format takes \{\{\.Field\}\}/],
    [['-H', 'ftp://x'], 2, /^plugin-flow: .*"ftp:\/\/x".*; see plugin-flow ls --help\n$/],
    [['-H', 'unix:///nonexistent/d.sock'], 1, /^plugin-flow: no Docker Engine answers at .*\n$/],
  ]
  for (const [args, code, line] of failures) {
    test(`ls ${args.join(' ')} :: ${code}`, () =>
      onListed(async ({ command }) => {
        const ended = await command('ls', ...args)
        assert.equal([ended.code, ended.stdout], [code, ''])
        assert.match(ended.stderr, line)
      }))
  }
})
