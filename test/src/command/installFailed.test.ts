import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { lines, onStage, run } from './stage.ts'

const SSHFS = 'vieux/sshfs:latest'

suite('plugin-flow install :: failed', (test) => {
  const denials: [input: string, why: RegExp][] = [
    ['n\n', /not granted: the answer was not y/],
    ['', /not granted: no answer was given; --grant-all-permissions/],
  ]
  for (const [input, why] of denials) {
    test(`${JSON.stringify(input)} denies`, () =>
      onStage(async ({ embedded, run }) => {
        const { code, stdin, stderr } = run(SSHFS)
        stdin.end(input)
        assert.is(await code, 1)
        const told = lines(stderr)
        assert.is(told.length, 3)
        assert.match(told[0] ?? '', why)
        assert.match(told[1] ?? '', /^what to do: /)
        assert.is(told[2], 'on the engine: nothing was installed')
        assert.equal(embedded.plugins(), [])
      }))
  }

  test('a plugin that never listens is taken back', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stderr } = run('acme/never-listens')
      assert.is(await code, 1)
      assert.match(stderr.text(), /never opened its socket/)
      assert.is(lines(stderr)[2], 'on the engine: acme/never-listens:latest was removed again')
      assert.equal(embedded.plugins(), [])
    }))

  test('--keep-on-failure keeps it, and says how to remove it', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stderr } = run('acme/dies', '--keep-on-failure', '-H', embedded.host)
      assert.is(await code, 1)
      assert.is(
        lines(stderr)[2],
        `on the engine: acme/dies:latest was kept, disabled; to remove it: plugin-flow rm --host ${embedded.host} acme/dies:latest`,
      )
      assert.is(embedded.plugins().length, 1)
    }))

  test('credentials are not asked for: the line names the registry and how to log in', () =>
    onStage(async ({ embedded, run }) => {
      const { code, stderr } = run('registry.example.com/acme/private:1.0')
      assert.is(await code, 1)
      assert.is(
        lines(stderr)[0],
        'plugin-flow: the registry registry.example.com wants credentials: docker login registry.example.com',
      )
      assert.equal(embedded.plugins(), [])
    }))

  const misuses: [name: string, args: string[], words: RegExp][] = [
    ['reference', ['vieux/SSHFS'], /"vieux\/SSHFS" is not a plugin reference: .*lower case/],
    ['empty reference', [''], /"" is not a plugin reference/],
    ['alias', ['acme/plain', '--alias', 'a@b'], /"a@b" is not an alias|not a digest/],
    ['setting', ['acme/plain', '=1'], /the setting "=1" has no name/],
    ['host', ['acme/plain', '-H', 'ftp://x'], /"ftp:\/\/x" cannot be used/],
    [
      'a reference with an escape sequence',
      ['a\x1b[2Jb'],
      /^plugin-flow: "a\\u\{1b\}\[2Jb" is not/,
    ],
  ]
  for (const [name, args, words] of misuses) {
    test(`wrong usage :: ${name} :: 2, and nothing is asked of the engine`, () =>
      onStage(async ({ embedded, run }) => {
        const { code, stderr } = run(...args)
        assert.is(await code, 2)
        assert.is(lines(stderr).length, 3, stderr.text())
        assert.match(lines(stderr)[0] ?? '', words)
        assert.is(lines(stderr)[2], 'on the engine: nothing was installed')
        assert.equal(embedded.requests(), [])
      }))
  }

  test('wrong usage :: --json has it as an outcome too', () =>
    onStage(async ({ run }) => {
      const { code, stdout } = run('acme/plain', '--json', '--host', 'nowhere://x')
      assert.is(await code, 2)
      assert.is(lines(stdout).length, 1)
      const { type, failure, rollback, exitCode } = JSON.parse(stdout.text())
      assert.equal([type, failure.code, exitCode], ['outcome', 'invalid-option', 2])
      assert.equal(rollback, { result: 'nothingToRemove' })
    }))

  test('no engine at the address', async () => {
    const argv = ['install', 'acme/plain', '--host', 'unix:///nonexistent/docker.sock']
    const { code, stderr } = run({}, { DOCKER_CONFIG: '/nonexistent' }, argv)
    assert.is(await code, 1)
    assert.match(lines(stderr)[0] ?? '', '/nonexistent/docker.sock')
    assert.is(lines(stderr).length, 3)
  })

  test('no place for the embedded engine', async () => {
    const { TMPDIR } = process.env
    process.env.TMPDIR = '/nonexistent'
    try {
      const { code, stdout, stderr } = run({}, {}, ['install', 'a', '--engine', 'embedded'])
      assert.is(await code, 1)
      assert.match(stderr.text(), /^plugin-flow: unexpected error: .*\/nonexistent.*\n$/)
      assert.is(stdout.text(), '')
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
    }
  })

  test('a configuration that cannot be read is named, and not needed', async () => {
    const config = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
    writeFileSync(join(config, 'config.json'), '{"auths": secret')
    await onStage(async ({ embedded }) => {
      const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host }
      const { code, stderr } = run({}, env, ['install', '--grant-all-permissions', 'acme/plain'])
      assert.is(await code, 0)
      const file = join(config, 'config.json')
      const why = 'is not valid JSON: look at line 1, column 11; it is ignored'
      assert.equal(lines(stderr), [`plugin-flow: warning: the Docker config ${file} ${why}`])
    })
    rmSync(config, { recursive: true })
  })

  const trusts: [value: string, args: string[], warns: boolean][] = [
    ['1', [], true],
    ['yes', [], true],
    ['1', ['--disable-content-trust'], false],
    ['0', [], false],
    ['False', [], false],
    ['', [], false],
  ]
  for (const [value, args, warns] of trusts) {
    test(`DOCKER_CONTENT_TRUST=${value} ${args} :: ${warns ? 'a warning' : 'no warning'}`, () =>
      onStage(async ({ embedded }) => {
        const env = {
          DOCKER_CONFIG: '/nowhere',
          DOCKER_HOST: embedded.host,
          DOCKER_CONTENT_TRUST: value,
        }
        const line = ['install', '--grant-all-permissions', '--json', ...args, 'acme/plain']
        const { code, stdout, stderr } = run({}, env, line)
        assert.is(await code, 0)
        const warnings = lines(stdout)
          .map((each) => JSON.parse(each))
          .filter(({ type }) => type === 'warning')
        assert.equal(
          warnings.map(({ code: kind }) => kind),
          warns ? ['content-trust'] : [],
        )
        const told = lines(stderr).filter((each) => each.includes('signatures are not verified'))
        assert.is(told.length, warns ? 1 : 0)
      }))
  }

  test('DOCKER_CONTENT_TRUST :: a warning of an upgrade as well; none on the embedded engine, or for a digest', () =>
    onStage(async ({ embedded, command }) => {
      const env = {
        DOCKER_CONFIG: '/nowhere',
        DOCKER_HOST: embedded.host,
        DOCKER_CONTENT_TRUST: '1',
      }
      const pinned = `acme/plain@sha256:${'0'.repeat(64)}`
      await command('install', '--grant-all-permissions', 'acme/plain')
      for (const [line, warns] of [
        [['upgrade', '--dry-run', 'acme/plain:latest'], true],
        [['install', '--dry-run', '--engine', 'embedded', 'acme/plain'], false],
        [['install', '--dry-run', pinned], false],
      ] as const) {
        const { code, stderr } = run({}, env, line)
        await code
        assert.is(stderr.text().includes('signatures are not verified'), warns, line.join(' '))
      }
    }))
})
