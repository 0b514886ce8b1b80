import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { until } from '../../engine/world/until.ts'
import { PLANTED } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'
import { lines, onStage, type Running } from './stage.ts'

const REGISTRY = 'registry.example.com'
const PRIVATE = `${REGISTRY}/acme/private:1.0`
const GRANT = '--grant-all-permissions'

/** Nothing that a run has written tells the password. */
function assertSecretKept({ stdout, stderr }: Pick<Running, 'stdout' | 'stderr'>): void {
  assert.not.match(stdout.text() + stderr.text(), PLANTED)
}

suite('plugin-flow install --password-stdin', (test) => {
  const login = ['--username', 'demo', '--password-stdin']

  for (const input of ['demo\n', 'demo', 'demo\r\n', 'demo\nmore\n']) {
    test(`${JSON.stringify(input)} :: the first line is the password, sent at once`, () =>
      onStage(async ({ embedded, run }) => {
        const { code, stdin, stdout } = run(PRIVATE, GRANT, ...login)
        stdin.end(input)
        assert.is(await code, 0)
        assert.match(stdout.text(), `installed ${PRIVATE}`)
        assert.not.match(stdout.text(), 'reauth')
        assert.is(embedded.requests().filter(({ path }) => path.includes('/privileges')).length, 1)
      }))
  }

  test('credentials configured for Docker are not used', () =>
    onStage(async ({ config, run }) => {
      const auths = { [REGISTRY]: { auth: 'no base64 of anything' } }
      writeFileSync(join(config, 'config.json'), JSON.stringify({ auths }))
      const { code, stdin } = run(PRIVATE, GRANT, ...login)
      stdin.end('demo\n')
      assert.is(await code, 0)
    }))

  test('a wrong password is neither asked for again nor shown', () =>
    onStage(async ({ run }) => {
      const running = run(PRIVATE, GRANT, ...login)
      running.stdin.end(`${PLANTED}\ndemo\n`)
      assert.is(await running.code, 1)
      const [first] = lines(running.stderr)
      assert.match(first ?? '', `the registry ${REGISTRY} did not accept the credentials`)
      assertSecretKept(running)
    }))

  for (const input of ['', '\n', '\r\n']) {
    test(`${JSON.stringify(input)} is no password :: 2`, () =>
      onStage(async ({ embedded, run }) => {
        const { code, stdin, stderr } = run(PRIVATE, GRANT, ...login)
        stdin.end(input)
        assert.is(await code, 2)
        assert.match(stderr.text(), 'there is no password on standard input')
        assert.equal(embedded.requests(), [])
      }))
  }

  test('a question of consent is not answered by the same input', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stdin, stdout, stderr } = run('vieux/sshfs', ...login)
      stdin.end('demo\ny\n')
      assert.is(await code, 1)
      assert.match(stdout.text(), 'Do you grant the above permissions? [y/N] \n')
      assert.match(stderr.text(), 'standard input was used for the password')
      assert.match(stderr.text(), '--grant-all-permissions')
      assert.equal(embedded.plugins(), [])
    }))

  const allowed = ['network:host', 'mount:**', 'device:**', 'capabilities:*']
  for (const consent of [[GRANT], allowed.flatMap((each) => ['--allow', each])]) {
    test(`consent from ${consent[0]} goes with it`, () =>
      onStage(async ({ embedded, run }) => {
        const { code, stdin } = run('vieux/sshfs', ...consent, ...login)
        stdin.end('demo\n')
        assert.is(await code, 0)
        assert.is(embedded.plugins().length, 1)
      }))
  }

  test('--dry-run :: looks with it, and changes nothing', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stdin, stdout } = run(PRIVATE, GRANT, '--dry-run', ...login)
      stdin.end('demo\n')
      assert.is(await code, 0)
      assert.match(stdout.text(), PRIVATE)
      assert.equal(embedded.plugins(), [])
    }))

  test('a signal while nothing comes in', () =>
    onStage(async ({ embedded, run }) => {
      const { code, signals, stderr, stdin } = run(PRIVATE, GRANT, ...login)
      await until('it reads', () => stdin.listenerCount('data') === 1)
      signals.emit('SIGINT')
      assert.is(await code, 130)
      assert.match(stderr.text(), 'plugin-flow: The install was cancelled.')
      assert.not.match(stderr.text(), 'no password')
      assert.match(stderr.text(), 'on the engine: nothing was installed')
      assert.equal(
        embedded.requests().filter(({ method }) => method === 'POST'),
        [],
      )
    }))
})
