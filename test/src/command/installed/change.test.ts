import * as assert from 'uvu/assert'
import { afterPing, answerJSON, serveEngine } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { onStage, run, type Stage } from '../stage.ts'

/** `vieux/sshfs` enabled, `acme/plain` disabled. */
const onTwo = (act: (stage: Stage) => Promise<void>) =>
  onStage(async (stage) => {
    await stage.command('install', 'acme/plain', '--disable')
    await stage.command('install', 'vieux/sshfs', '--grant-all-permissions')
    await act(stage)
  })

const states = ({ embedded }: Stage) =>
  Object.fromEntries(embedded.plugins().map(({ Name, Enabled }) => [Name, Enabled]))
const both = { 'acme/plain:latest': false, 'vieux/sshfs:latest': true }

interface Case {
  argv: string[]
  code: number
  stdout?: string
  stderr?: RegExp
  /** The plugins there afterwards. Default: those from before. */
  left?: Record<string, boolean>
}

const cases: Case[] = [
  {
    argv: ['rm', 'acme/plain'],
    code: 0,
    stdout: 'acme/plain\n',
    left: { 'vieux/sshfs:latest': true },
  },
  {
    argv: ['remove', 'acme/plain:latest'],
    code: 0,
    stdout: 'acme/plain:latest\n',
    left: { 'vieux/sshfs:latest': true },
  },
  {
    argv: ['rm', '--force', 'acme/plain', 'vieux/sshfs'],
    code: 0,
    stdout: 'acme/plain\nvieux/sshfs\n',
    left: {},
  },
  { argv: ['rm', 'vieux/sshfs'], code: 1, stderr: /^plugin-flow: .* is enabled\n$/ },
  {
    argv: ['rm', 'nope', 'vieux/sshfs', 'acme/plain'],
    code: 1,
    stdout: 'acme/plain\n',
    stderr: /^plugin-flow: the engine has no plugin nope\nplugin-flow: .* is enabled\n$/,
    left: { 'vieux/sshfs:latest': true },
  },
  { argv: ['rm', '../containers'], code: 1, stderr: /is not the name or the id of a plugin\n$/ },
  { argv: ['rm', 'a\x1b[2J'], code: 1, stderr: /^plugin-flow: "a \[2J" is not/ },
  {
    argv: ['rm'],
    code: 2,
    stderr: /^plugin-flow: rm needs a PLUGIN; see plugin-flow rm --help\n$/,
  },

  {
    argv: ['enable', 'acme/plain'],
    code: 0,
    stdout: 'acme/plain\n',
    left: { ...both, 'acme/plain:latest': true },
  },
  { argv: ['enable', 'vieux/sshfs'], code: 1, stderr: /^plugin-flow: .* already enabled: .*\n$/ },
  { argv: ['enable', 'nope'], code: 1, stderr: /^plugin-flow: .*"nope" not found\n$/ },
  { argv: ['enable'], code: 2, stderr: /^plugin-flow: enable needs a PLUGIN; see/ },
  {
    argv: ['enable', 'a', 'b'],
    code: 2,
    stderr: /^plugin-flow: enable takes one PLUGIN, and not 2; see/,
  },
  {
    argv: ['enable', '--timeout', 'x', 'a'],
    code: 2,
    stderr: /^plugin-flow: --timeout takes whole seconds/,
  },
  {
    argv: ['enable', '--timeout=-1', 'a'],
    code: 2,
    stderr: /^plugin-flow: --timeout takes whole seconds/,
  },

  {
    argv: ['disable', 'vieux/sshfs'],
    code: 0,
    stdout: 'vieux/sshfs\n',
    left: { ...both, 'vieux/sshfs:latest': false },
  },
  {
    argv: ['disable', '-f', 'vieux/sshfs'],
    code: 0,
    stdout: 'vieux/sshfs\n',
    left: { ...both, 'vieux/sshfs:latest': false },
  },
  { argv: ['disable', 'acme/plain'], code: 1, stderr: /^plugin-flow: .* already disabled: .*\n$/ },
  { argv: ['disable', 'nope'], code: 1, stderr: /^plugin-flow: the engine has no plugin nope\n$/ },
  { argv: ['disable'], code: 2, stderr: /^plugin-flow: disable needs a PLUGIN; see/ },

  {
    argv: ['set', 'vieux/sshfs', 'DEBUG=1'],
    code: 1,
    stderr: /^plugin-flow: .*active plugin.*\n$/,
  },
  {
    argv: ['set', 'acme/plain', 'NOPE=1'],
    code: 1,
    stderr: /^plugin-flow: .* has no such setting: .*\n$/,
  },
  { argv: ['set', 'acme/plain'], code: 2, stderr: /^plugin-flow: set needs a KEY=VALUE; see/ },
  {
    argv: ['set', 'vieux/sshfs', 'state.source=~/state'],
    code: 2,
    stderr:
      /^plugin-flow: the setting "state\.source" needs an absolute path.*; see plugin-flow set --help\n$/,
  },
  {
    argv: ['set', 'acme/plain', 'vieux/sshfs'],
    code: 2,
    stderr: /^plugin-flow: set takes one PLUGIN: "vieux\/sshfs" is not KEY=VALUE; see/,
  },
  { argv: ['set'], code: 2, stderr: /^plugin-flow: set needs a PLUGIN; see/ },
]

suite('plugin-flow rm, enable, disable and set', (test) => {
  for (const { argv, code, stdout = '', stderr = /^$/, left = both } of cases) {
    test(`${JSON.stringify(argv.join(' '))} :: ${code}`, () =>
      onTwo(async (stage) => {
        const ended = await stage.command(...argv)
        assert.equal([ended.code, ended.stdout], [code, stdout])
        assert.match(ended.stderr, stderr)
        assert.equal(states(stage), left)
      }))
  }

  test('set :: says nothing, and has set', () =>
    onTwo(async ({ command, embedded }) => {
      await command('disable', 'vieux/sshfs')
      const ended = await command('set', 'vieux/sshfs', 'DEBUG=1', 'state.source=/data')
      assert.equal(ended, { code: 0, stdout: '', stderr: '' })
      const plugin = embedded.plugins().find(({ Name }) => Name === 'vieux/sshfs:latest')
      assert.equal(plugin?.Settings.Env, ['DEBUG=1'])
    }))

  for (const [argv, path] of [
    [['enable', 'acme/plain'], 'enable?timeout=30'],
    [['enable', '--timeout', '7', 'acme/plain'], 'enable?timeout=7'],
    [['disable', '-f', 'vieux/sshfs'], 'disable?force=1'],
  ] as const) {
    test(`${argv.join(' ')} :: what is sent`, () =>
      onTwo(async ({ command, embedded }) => {
        assert.is((await command(...argv)).code, 0)
        assert.ok(embedded.requests().at(-1)?.path.endsWith(`/${path}`))
      }))
  }

  test('words of an engine that cannot be seen are made visible', async () => {
    const message = 'it is \ud83d in use'
    const server = await serveEngine(
      afterPing((_, response) => answerJSON(response, 409, { message })),
    )
    const env = { DOCKER_HOST: server.host, DOCKER_CONFIG: '/nonexistent' }
    try {
      const { code, stderr } = run({}, env, ['rm', 'a'])
      assert.is(await code, 1)
      assert.match(stderr.text(), /it is \\u\{d83d\} in use\n$/)
    } finally {
      await server.close()
    }
  })

  test('no engine :: one line for each', () =>
    onStage(async ({ command }) => {
      const host = 'unix:///nonexistent/docker.sock'
      const { code, stderr } = await command('rm', '-H', host, 'a', 'b')
      assert.is(code, 1)
      assert.match(stderr, /^(plugin-flow: no Docker Engine answers at .*\n){2}$/)
    }))
})
