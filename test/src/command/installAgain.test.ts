import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { lines, onStage } from './stage.ts'

const changing = (requests: readonly { method: string }[]) =>
  requests.filter(({ method }) => !['GET', 'HEAD'].includes(method)).length

suite('plugin-flow install --if-present', (test) => {
  test('keep :: the same install twice changes nothing, says so, and is 0', () =>
    onStage(async ({ embedded, run }) => {
      const again = () => run('acme/plain', '--if-present', 'keep')
      assert.is(await again().code, 0)
      const [plugin] = embedded.plugins()
      const changes = changing(embedded.requests())
      const { code, stdout, stderr } = again()
      assert.equal([await code, stderr.text()], [0, ''])
      assert.is(
        lines(stdout).at(-1),
        `acme/plain:latest is installed already (${plugin?.Id.slice(0, 12)}, enabled): nothing was changed`,
      )
      assert.is(changing(embedded.requests()), changes)
      assert.equal(embedded.plugins(), [plugin])
    }))

  test('keep :: --quiet has its id, --json that nothing changed', () =>
    onStage(async ({ embedded, run }) => {
      const again = (...args: string[]) => run('acme/plain', '--if-present=keep', ...args)
      await again().code
      const quiet = again('--quiet')
      assert.is(await quiet.code, 0)
      assert.is(quiet.stdout.text(), `${embedded.plugins()[0]?.Id}\n`)
      const json = again('--json')
      assert.is(await json.code, 0)
      assert.is(JSON.parse(lines(json.stdout).at(-1) ?? '').plugin.changed, false)
    }))

  test('keep :: another than the one asked for is not kept, and not touched', () =>
    onStage(async ({ embedded, command, run }) => {
      await command('install', 'acme/plain')
      const { code, stderr } = run('acme/late', '--alias', 'acme/plain', '--if-present', 'keep')
      assert.is(await code, 1)
      assert.match(stderr.text(), 'on the engine: nothing was installed')
      assert.is(embedded.plugins().length, 1)
    }))

  test('finish :: what was left disabled is asked about, and enabled', () =>
    onStage(async ({ embedded, command, run }) => {
      await command('install', 'vieux/sshfs', '--grant-all-permissions', '--disable')
      const { code, stdin, stdout } = run('vieux/sshfs', '--if-present', 'finish')
      await stdout.seen('Do you grant the above permissions? [y/N] ')
      stdin.write('y\n')
      assert.is(await code, 0)
      assert.match(lines(stdout).at(-1) ?? '', /^installed vieux\/sshfs:latest \(.*, enabled\)$/)
      assert.equal(
        embedded.plugins().map(({ Enabled }) => Enabled),
        [true],
      )
    }))

  for (const args of [[], ['--if-present', 'fail']]) {
    test(`${args.join(' ') || 'by default'} :: a name that is taken is a failure`, () =>
      onStage(async ({ command, run }) => {
        await command('install', 'acme/plain')
        const { code, stderr } = run('acme/plain', ...args)
        assert.is(await code, 1)
        assert.match(stderr.text(), 'is on the engine already')
      }))
  }
})
