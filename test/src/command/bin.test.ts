import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import * as assert from 'uvu/assert'
import { BIN, ROOT } from '../../support/command.ts'
import { suite } from '../../support/suite.ts'
import { onStage, spawnCommand } from './stage.ts'

const SSHFS = 'vieux/sshfs:latest'

suite('plugin-flow, in a process of its own', (test) => {
  test('--version', async () => {
    const { code, stdout, stderr } = await spawnCommand({}, ['--version']).ended
    assert.equal([code, stderr], [0, ''])
    assert.match(stdout, /^plugin-flow \d+\.\d+\.\d+\n$/)
  })

  test('wrong usage', async () => {
    assert.equal(await spawnCommand({}, ['install', '--nosuch']).ended, {
      code: 2,
      stdout: '',
      stderr: "plugin-flow: unknown option '--nosuch'; see plugin-flow install --help\n",
    })
  })

  test('an install, its question answered through a pipe', () =>
    onStage(async ({ embedded, spawn }) => {
      const { child, seen, ended } = spawn(SSHFS, 'DEBUG=1')
      await seen('Do you grant the above permissions? [y/N] ')
      child.stdin?.write('y\n')
      const { code, stdout, stderr } = await ended
      assert.equal([code, stderr], [0, ''])
      assert.match(stdout, /\ninstalled vieux\/sshfs:latest \([0-9a-f]{12}, enabled\)\n$/)
      assert.ok(embedded.plugins()[0]?.Enabled)
    }))

  test('without an answer', () =>
    onStage(async ({ embedded, spawn }) => {
      const { child, ended } = spawn(SSHFS)
      child.stdin?.end()
      const { code, stdout, stderr } = await ended
      assert.is(code, 1)
      assert.match(stdout, /\[y\/N\] \n$/)
      assert.match(
        stderr,
        /^plugin-flow: .*no answer was given.*\nwhat to do: .*\non the engine: .*\n$/,
      )
      assert.equal(embedded.plugins(), [])
    }))

  test('the embedded engine of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
    const argv = ['install', '--engine', 'embedded', 'acme/plain:latest', '--json']
    const { code, stdout, stderr } = await spawnCommand({ TMPDIR: folder }, argv).ended
    assert.equal(readdirSync(folder, { recursive: true }).filter(isSocket), [])
    rmSync(folder, { recursive: true })
    assert.is(code, 0)
    assert.match(stderr, /^simulation: .*\n$/)
    const outcome = JSON.parse(stdout.split('\n').at(-2) ?? '')
    assert.equal([outcome.type, outcome.plugin.name], ['outcome', 'acme/plain:latest'])
  })

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`${signal} in the middle of the pull leaves nothing`, () =>
      onStage(
        async ({ embedded, spawn }) => {
          const { child, seen, ended } = spawn(SSHFS, '--grant-all-permissions', '--json')
          await seen('"phase":"downloading"')
          child.kill(signal)
          const { code, stdout, stderr } = await ended
          assert.is(code, exitCode)
          assert.is(JSON.parse(stdout.split('\n').at(-2) ?? '').failure.code, 'cancelled')
          assert.match(stderr, /\non the engine: nothing was installed\n$/)
          assert.equal(embedded.plugins(), [])
        },
        { pace: 1 },
      ))
  }

  test('SIGINT in a pull of the engine of its own :: it ends by its exit status, not by a signal', async () => {
    const argv = ['install', '--engine', 'embedded', SSHFS, '--grant-all-permissions', '--json']
    const { child, seen, ended } = spawnCommand({}, argv)
    await seen('"phase":"downloading"')
    child.kill('SIGINT')
    const { code, stdout } = await ended
    assert.is(code, 130)
    assert.is(JSON.parse(stdout.split('\n').at(-2) ?? '').failure.code, 'cancelled')
  })

  test('a reader that goes away :: no stack trace, and the install is finished', () =>
    onStage(
      async ({ embedded, spawn }) => {
        const { child, seen, ended } = spawn(SSHFS, '--grant-all-permissions', '--json')
        await seen('"phase":"downloading"')
        child.stdout?.destroy()
        const { code, stderr } = await ended
        assert.equal([code, stderr], [0, ''])
        assert.ok(embedded.plugins()[0]?.Enabled)
      },
      { pace: 1 },
    ))

  test('it starts without what only an install needs', () => {
    const files = [BIN]
    for (const file of files) {
      for (const [, imported = ''] of readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)) {
        assert.match(imported, /^(node:|\.)/, `${file} imports ${imported}`)
        const path = join(dirname(file), imported)
        if (imported.startsWith('.') && !files.includes(path)) files.push(path)
      }
    }
    const paths = files.map((file) => relative(ROOT, file))
    // Every command's options are read there, and what runs the command is not.
    const heavy = ['completion/', 'install/', 'page.ts', 'views/', 'listing.ts']
    assert.equal(
      paths.filter((path) => heavy.some((each) => path.startsWith(`src/command/${each}`))),
      [],
    )
    assert.equal(paths.filter((path) => !/^src\/(?:command|text)\//.test(path)).sort(), [
      'adapters/process/readFile.ts',
      'machines/defined.ts',
      'machines/errors.ts',
      'machines/rollout/types.ts',
      'machines/settings.ts',
    ])
  })
})

/** The runner of TypeScript keeps a cache in the same folder. */
function isSocket(name: string | Buffer): boolean {
  return String(name).startsWith('docker-plugin-flow-')
}

/** Type imports are gone when it runs. */
const STATIC_IMPORT = /^import (?!type)[^'"]*from '([^']+)'/gm
