import * as assert from 'uvu/assert'
import { suite } from '../../../support/suite.ts'
import { onStage, type Stage } from '../stage.ts'

const onTwo = (act: (stage: Stage) => Promise<void>) =>
  onStage(async (stage) => {
    await stage.command('install', 'acme/plain', '--disable')
    await stage.command('install', 'vieux/sshfs', '--grant-all-permissions', 'DEBUG=1')
    await act(stage)
  })

const missing = (name: string) => `plugin-flow: the engine has no plugin ${name}\n`

suite('plugin-flow inspect', (test) => {
  test('everything, in the order asked for, as an array', () =>
    onTwo(async ({ command, embedded }) => {
      const [first, second] = embedded.plugins()
      const { code, stdout, stderr } = await command('inspect', 'vieux/sshfs', 'acme/plain')
      assert.equal([code, stderr], [0, ''])
      const byName = [first, second].sort((one, other) =>
        String(other?.Name).localeCompare(String(one?.Name)),
      )
      assert.equal(JSON.parse(stdout), byName)
      assert.match(stdout, /^\[\n {4}\{\n {8}"Config": \{\n/)
      assert.match(stdout, /\n {4}\}\n\]\n$/)
    }))

  test('--format json :: on one line', () =>
    onTwo(async ({ command }) => {
      const { stdout } = await command('inspect', '-f', 'json', 'acme/plain')
      assert.is(stdout.indexOf('\n'), stdout.length - 1)
      assert.is(JSON.parse(stdout)[0].Name, 'acme/plain:latest')
    }))

  test('a template :: a line a plugin', () =>
    onTwo(async ({ command }) => {
      const args = ['--format', '{{.ID}} {{json .Settings.Env}}', 'acme/plain', 'vieux/sshfs']
      const { stdout } = await command('inspect', ...args)
      assert.match(stdout, /^[0-9a-f]{64} \[\]\n[0-9a-f]{64} \["DEBUG=1"\]\n$/)
    }))

  test('a missing plugin is reported, and the others are shown :: 1', () =>
    onTwo(async ({ command }) => {
      const { code, stdout, stderr } = await command('inspect', 'no/1', 'acme/plain', 'no/2')
      assert.is(code, 1)
      assert.is(JSON.parse(stdout).length, 1)
      assert.is(stderr, missing('no/1') + missing('no/2'))
    }))

  test('nothing is there :: an empty array', () =>
    onStage(async ({ command }) => {
      assert.equal(await command('inspect', 'nope'), {
        code: 1,
        stdout: '[]\n',
        stderr: missing('nope'),
      })
      const { stdout } = await command('inspect', '--format', '{{.Name}}', 'nope')
      assert.is(stdout, '')
    }))

  test('wrong usage', () =>
    onTwo(async ({ command }) => {
      const none = await command('inspect')
      assert.equal([none.code, none.stdout], [2, ''])
      assert.match(none.stderr, /^plugin-flow: inspect needs a PLUGIN; see/)
      const format = await command('inspect', '--format', '{{.Config}}', 'acme/plain')
      assert.equal([format.code, format.stdout], [2, ''])
      assert.match(format.stderr, /\.Config is not text: use \{\{json \.Config\}\}; see/)
    }))
})
