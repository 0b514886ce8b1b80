import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { collector } from './collect.ts'
import { asTerminal, screenOf } from './screen.ts'
import { onStage, type Running, run } from './stage.ts'

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
        'checkPrivileges: looking up what acme/plain asks for',
        'pulling: the engine pulls the plugin',
        'pulling: comparing what was installed with what was granted',
        'enabling: the engine starts the plugin and waits for its socket',
        `installed acme/plain:latest (${plugin?.Id.slice(0, 12)}, enabled)`,
      ])
      assert.is(stderr.text(), '')
      assert.ok(plugin?.Enabled)
    }))

  test('somebody answers y', () =>
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
        /^\+ checkPrivileges {2}\S+s\n\+ pulling {2}22\.0 MB {2}\S+s\n\+ enabling {2}\S+s\ninstalled .*\n$/,
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

suite('plugin-flow install :: failed', (test) => {
  const denials: [input: string, why: RegExp][] = [
    ['n\n', /not granted: the answer was not y/],
    ['', /not granted: nobody answered; --grant-all-permissions/],
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
        `on the engine: acme/dies:latest was kept, disabled; to remove it: docker --host ${embedded.host} plugin rm acme/dies:latest`,
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

  test('wrong usage :: --json tells it as an outcome too', () =>
    onStage(async ({ run }) => {
      const { code, stdout } = run('acme/plain', '--json', '--host', 'nowhere')
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

  test('a configuration that cannot be read is named', async () => {
    const config = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
    writeFileSync(join(config, 'config.json'), '{"auths": secret')
    await onStage(async ({ embedded }) => {
      const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host }
      const { code, stderr } = run({}, env, ['install', 'acme/plain'])
      assert.is(await code, 1)
      assert.match(lines(stderr)[0] ?? '', join(config, 'config.json'))
      assert.match(lines(stderr)[1] ?? '', 'Correct the configuration of credentials')
      assert.not.match(stderr.text(), 'secret')
    })
    rmSync(config, { recursive: true })
  })
})

suite('plugin-flow install :: interrupted', (test) => {
  const signals: [name: string, exitCode: number][] = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]
  for (const [name, exitCode] of signals) {
    test(`${name} in the middle of the pull leaves nothing`, () =>
      onStage(
        async ({ embedded, run }) => {
          const running = run(SSHFS, '--grant-all-permissions', '--json')
          await running.stdout.seen('"phase":"downloading"')
          running.signals.emit(name)
          assert.is(await running.code, exitCode)
          assert.match(running.stderr.text(), `plugin-flow: ${name}: cancelled, taking back`)
          assert.match(running.stderr.text(), '\non the engine: nothing was installed\n')
          assert.equal(embedded.plugins(), [])
          assertReleased(running)
        },
        { pace: 1 },
      ))
  }

  test('while the question waits: it is withdrawn, on a line of its own', () =>
    onStage(async ({ embedded, runWith }) => {
      const stdout = asTerminal(collector())
      const running = runWith({ stdout, stderr: stdout }, SSHFS)
      await stdout.seen('[y/N] ')
      running.signals.emit('SIGINT')
      assert.is(await running.code, 130)
      assert.match(stdout.text(), '[y/N] \nplugin-flow: SIGINT: cancelled')
      assert.equal(embedded.plugins(), [])
      assertReleased(running)
    }))

  test('a second signal leaves at once, and says what is left', () =>
    onStage(
      async ({ embedded, run }) => {
        const running = run(SSHFS, '--grant-all-permissions', '--json', '-H', embedded.host)
        await running.stdout.seen('"phase":"downloading"')
        running.signals.emit('SIGINT')
        running.signals.emit('SIGTERM')
        assert.is(await running.code, 130)
        const { failure, rollback, exitCode } = JSON.parse(lines(running.stdout).at(-1) ?? '')
        assert.equal([failure.code, rollback.result, exitCode], ['cancelled', 'failed', 130])
        assert.is(
          lines(running.stderr).at(-1),
          `on the engine: ${SSHFS} may be left (this command was left before it had taken it back); to remove it: docker --host ${embedded.host} plugin rm ${SSHFS}`,
        )
        assertReleased(running)
      },
      { pace: 1 },
    ))

  test('a second signal before anything was pulled leaves nothing', () =>
    onStage(async ({ run }) => {
      const running = run(SSHFS)
      await running.stdout.seen('[y/N] ')
      running.signals.emit('SIGINT')
      running.signals.emit('SIGINT')
      assert.is(await running.code, 130)
      assert.is(lines(running.stderr).at(-1), 'on the engine: nothing was installed')
    }))

  test('an exception that nobody caught is one line, and what was begun is taken back', () =>
    onStage(
      async ({ embedded, run }) => {
        const running = run(SSHFS, '--grant-all-permissions', '--json')
        await running.stdout.seen('"phase":"downloading"')
        running.signals.emit('uncaughtException', new TypeError('no\nsuch thing'))
        assert.is(await running.code, 1)
        assert.match(
          running.stderr.text(),
          /unexpected error: TypeError: no\\u\{a\}such thing: cancel/,
        )
        assert.equal(embedded.plugins(), [])
      },
      { pace: 1 },
    ))

  test('nobody reads :: the install is finished all the same', () =>
    onStage(async ({ embedded, run }) => {
      const running = run(SSHFS, '--grant-all-permissions')
      running.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      assert.is(await running.code, 0)
      assert.is(running.stderr.text(), '')
      assert.ok(embedded.plugins()[0]?.Enabled)
    }))

  test('nobody reads :: a question is not granted', () =>
    onStage(async ({ embedded, run }) => {
      const running = run(SSHFS)
      running.stdout.destroy()
      running.stdin.write('y\n')
      assert.is(await running.code, 1)
      assert.match(running.stderr.text(), 'nobody answered')
      assert.equal(embedded.plugins(), [])
    }))
})

function lines(stream: { text(): string }): string[] {
  return stream.text().split('\n').slice(0, -1)
}

function assertReleased({ signals, stdin }: Running): void {
  assert.equal(signals.eventNames(), [])
  assert.is(stdin.listenerCount('data'), 0)
}
