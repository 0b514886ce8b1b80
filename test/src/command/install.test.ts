import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { collector } from './collect.ts'
import { asTerminal, screenOf } from './screen.ts'
import { lines, onStage, run } from './stage.ts'

const SSHFS = 'vieux/sshfs:latest'
const QUESTION = `Plugin "${SSHFS}" is requesting the following privileges:
 - network: [host]
 - mount: [/var/lib/docker/plugins/]
 - mount: []
 - device: [/dev/fuse]
 - capabilities: [CAP_SYS_ADMIN]
Do you grant the above permissions? [y/N] `

suite('plugin-flow install :: done', (test) => {
  test('a plugin that asks for nothing', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stdout, stderr } = run('acme/plain')
      assert.is(await code, 0)
      const [plugin] = embedded.plugins()
      assert.equal(lines(stdout), [
        'looking up the privileges of acme/plain',
        'pulling the plugin',
        'comparing what was installed with what was granted',
        'starting the plugin, and waiting for its socket',
        `installed acme/plain:latest (${plugin?.Id.slice(0, 12)}, enabled)`,
      ])
      assert.is(stderr.text(), '')
      assert.ok(plugin?.Enabled)
    }))

  test('the answer is y', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stdin, stdout } = run(SSHFS, 'DEBUG=1', '--alias', 'sshfs')
      await stdout.seen(QUESTION)
      assert.equal(embedded.plugins(), [])
      stdin.write('y\n')
      assert.is(await code, 0)
      assert.match(stdout.text(), /\ninstalled sshfs:latest \([0-9a-f]{12}, enabled\)\n$/)
      assert.equal(embedded.plugins()[0]?.Settings.Env, ['DEBUG=1'])
    }))

  test('everything is granted, and it stays disabled', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stdout } = run(SSHFS, '--grant-all-permissions', '--disable')
      assert.is(await code, 0)
      assert.not.match(stdout.text(), 'Do you grant')
      assert.match(stdout.text(), /\ninstalled vieux\/sshfs:latest \([0-9a-f]{12}, disabled\)\n$/)
      assert.is(embedded.plugins()[0]?.Enabled, false)
    }))

  test('--enable-timeout goes to the engine', () =>
    onStage(async ({ embedded, run }) => {
      assert.is(await run('acme/plain', '--enable-timeout', '7').code, 0)
      assert.ok(embedded.requests().some(({ path }) => path.endsWith('/enable?timeout=7')))
    }))

  test('--json :: every line is an object, the last one the outcome; the question is on stderr', () =>
    onStage(async ({ run }) => {
      const { code, stdin, stdout, stderr } = run(SSHFS, '--json', 'DEBUG=1')
      await stderr.seen(QUESTION)
      stdin.write('y\n')
      assert.is(await code, 0)
      const told = lines(stdout).map((line) => JSON.parse(line))
      assert.equal(
        told.filter(({ type }) => type === 'transition').map(({ to }) => to),
        [
          'checkPrivileges',
          'awaitConsent',
          'pulling.streaming',
          'pulling.verifying',
          'configuring',
          'enabling',
          'done',
        ],
      )
      assert.is(told.filter(({ type }) => type === 'consent').length, 1)
      assert.ok(told.some(({ type, layers }) => type === 'progress' && layers.length === 3))
      assert.is(told.at(-1).type, 'outcome')
      assert.is(told.at(-1).plugin.name, SSHFS)
      assert.is(stderr.text(), `${QUESTION}\n`)
    }))

  test('--engine embedded says that it is a simulation', async () => {
    const { code, stdout, stderr } = run({}, {}, ['install', 'acme/plain', '--engine', 'embedded'])
    assert.is(await code, 0)
    assert.match(stderr.text(), /^simulation: .*\n$/)
    assert.match(stdout.text(), /\ninstalled acme\/plain:latest \(/)
  })

  test('on a terminal the states stay and the bars do not', () =>
    onStage(async ({ runWith }) => {
      const stdout = asTerminal(collector())
      const { code } = runWith({ stdout, stderr: stdout }, SSHFS, '--grant-all-permissions')
      assert.is(await code, 0)
      assert.match(
        screenOf(stdout.text()).join('\n'),
        /^\+ looked up .* {2}\S+s\n\+ pulled .* {2}22\.0 MB {2}\S+s\n\+ started .* {2}\S+s\ninstalled .*\n$/,
      )
    }))

  test('on a terminal whose output goes to a file, the question is on the terminal', () =>
    onStage(async ({ runWith }) => {
      const stderr = asTerminal(collector())
      const { code, stdin, stdout } = runWith({ stderr }, SSHFS)
      await stderr.seen(QUESTION)
      stdin.end('n\n')
      assert.is(await code, 1)
      assert.not.match(stdout.text(), 'Do you grant')
    }))
})
