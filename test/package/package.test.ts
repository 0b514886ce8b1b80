import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { startEmbeddedEngine } from '../../src/embedded.ts'
import { writeNoCredentials } from '../support/noCredentials.ts'
import { suite } from '../support/suite.ts'
import { type Consumer, makeConsumer } from './consumer.ts'

const root = join(import.meta.dirname, '../..')
const node = process.execPath
const LIMIT_MS = 60_000

async function run(command: string, args: string[], cwd: string, more: NodeJS.ProcessEnv = {}) {
  const { DOCKER_AUTH_CONFIG: _, ...others } = process.env
  const env = { ...others, HOME: cwd, DOCKER_CONFIG: join(cwd, 'none'), NO_COLOR: '1', ...more }
  const signal = AbortSignal.timeout(LIMIT_MS)
  const child = spawn(command, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}

function bin(name: string): string {
  return join(root, 'node_modules/.bin', name)
}

suite('package', (test) => {
  let consumer: Consumer
  test.before(() => {
    consumer = makeConsumer()
    writeNoCredentials(join(consumer.folder, 'no-docker-config'))
  })
  test.after(() => consumer.remove())

  test('holds what a host needs, and nothing of the tests', () => {
    for (const file of [
      'dist/src/index.js',
      'dist/src/index.d.ts',
      'dist/command/bin.cjs',
      'dist/command/plugin-flow.cjs',
      'dist/viewer/pluginFlow.js',
      'dist/src/viewer.d.ts',
      'dist/ui/index.html',
      'dist/ui/page.js',
      'LICENSE',
    ]) {
      assert.ok(consumer.files.includes(file), file)
    }
    assert.not(consumer.files.some((file) => /^test|^\.|recordings/.test(file)))
  })

  test('publint finds nothing', async () => {
    const { code, stdout, stderr } = await run(bin('publint'), [consumer.tarball, '--strict'], root)
    assert.is(code, 0, stdout + stderr)
  })

  test('attw: the types are right for an ESM host', async () => {
    const args = [consumer.tarball, '--profile', 'esm-only']
    const { code, stdout, stderr } = await run(bin('attw'), args, consumer.folder)
    assert.is(code, 0, stdout + stderr)
  })

  test('every public entry can be imported', async () => {
    const file = join(consumer.folder, 'entries.mjs')
    writeFileSync(
      file,
      `const entries = ['', '/core', '/actors', '/upgrade', '/events', '/machine', '/embedded', '/viewer', '/inspect'].map((path) => import('docker-plugin-flow' + path))
       for (const entry of await Promise.all(entries)) console.log(Object.keys(entry).sort().join(' '))`,
    )
    const { code, stdout, stderr } = await run(node, [file], consumer.folder)
    assert.is(code, 0, stderr)
    const [main, core, actors, upgrade, events, machine, embedded, viewer, inspect] = stdout
      .trim()
      .split('\n')
    assert.is(
      main,
      'EngineError InstallError allowList catalogue connect defaultPolicy flowEvents installPlugin isInstallError parseConsentPolicy planInstall readSnapshot resumeInstall setLimits',
    )
    assert.is(core, 'EngineError InstallError catalogue defaultPolicy installPlugin isInstallError')
    assert.is(actors, 'authenticate installLogic makeSnapshot')
    assert.is(
      upgrade,
      'UpgradeError isUpgradeError noNewPrivileges planUpgrade pluginUpgradeMachine resumeUpgrade upgradeLogic upgradePlugin',
    )
    assert.is(events, 'flowEvents')
    assert.match(machine ?? '', 'pluginInstallMachine')
    assert.match(embedded ?? '', 'startEmbeddedEngine')
    assert.match(viewer ?? '', 'PluginFlowElement')
    assert.is(inspect, 'liveInspector')
  })

  for (const { page, index, code } of snippets()) {
    test(`${page} :: snippet ${index} compiles and runs`, async () => {
      const name = `${page.replace(/\W/g, '-')}-${index}.ts`
      writeFileSync(join(consumer.folder, 'package.json'), '{"type":"module"}')
      writeFileSync(join(consumer.folder, name), code)
      const options = ['--module', 'nodenext', '--strict', '--target', 'es2023', '--skipLibCheck']
      const compiled = await run(bin('tsc'), [...options, '--types', 'node', name], consumer.folder)
      assert.is(compiled.code, 0, compiled.stdout)
      const ran = await run(
        node,
        [join(consumer.folder, name.replace(/ts$/, 'js'))],
        consumer.folder,
      )
      assert.is(ran.code, 0, ran.stderr)
      for (const [, expected = ''] of code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)) {
        assert.match(ran.stdout, expected)
      }
    })
  }

  test('the command runs from the packed files', async () => {
    const command = join(consumer.folder, 'node_modules/docker-plugin-flow/dist/command/bin.cjs')
    const version = await run(node, [command, '--version'], consumer.folder)
    assert.is(version.code, 0, version.stderr)
    assert.match(
      version.stdout,
      JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    )
    const args = ['install', '--engine', 'embedded', '--grant-all-permissions', 'acme/plain']
    const installed = await run(node, [command, ...args], consumer.folder)
    assert.is(installed.code, 0, installed.stderr)
    assert.match(installed.stdout, 'installed acme/plain:latest')
  })

  test('the command writes a run down while it lasts, on an engine that is not its own', async () => {
    const engine = await startEmbeddedEngine({ pace: 0 })
    try {
      const command = join(consumer.folder, 'node_modules/docker-plugin-flow/dist/command/bin.cjs')
      const args = ['install', '-H', engine.host, '--grant-all-permissions', 'acme/plain']
      const { code, stderr } = await run(node, [command, ...args], consumer.folder)
      assert.is(code, 0, stderr)
      assert.ok(engine.plugins()[0]?.Enabled)
      const runs = join(consumer.folder, '.local/state/plugin-flow')
      assert.equal(readdirSync(runs), ['ended'], 'it was written, and has ended well')
    } finally {
      await engine.close()
    }
  })

  test('its compiled code is in the home of its user, and it runs without it, too', async () => {
    const command = join(consumer.folder, 'node_modules/docker-plugin-flow/dist/command/bin.cjs')
    const program = dirname(command)
    const cache = join(consumer.folder, '.cache/plugin-flow')
    const packed = readdirSync(program)
    const list = async (env: NodeJS.ProcessEnv = {}) => {
      const { code, stdout, stderr } = await run(
        node,
        [command, 'machine', 'plugin-install'],
        consumer.folder,
        env,
      )
      assert.equal([code, stderr], [0, ''])
      return stdout
    }
    rmSync(cache, { recursive: true, force: true })
    const shown = await list()
    const [name = ''] = readdirSync(cache)
    const file = join(cache, name)
    const kept = readFileSync(file)
    assert.ok(kept.length > 100_000)
    assert.is(await list(), shown)
    assert.equal(readFileSync(file), kept, 'it is used as it is')
    for (const damaged of [kept.subarray(0, 90_001), kept.fill(0, 40_000, 40_100)]) {
      writeFileSync(file, damaged)
      assert.is(await list(), shown)
      assert.ok(readFileSync(file).length > 100_000)
    }
    // No user can write there, not even root.
    assert.is(await list({ HOME: '/proc/none' }), shown)
    assert.equal(readdirSync(program), packed)
  })

  test('a stack trace of the command names functions, and quotes no long line', () => {
    const path = 'node_modules/docker-plugin-flow/dist/command/plugin-flow.cjs'
    const code = readFileSync(join(consumer.folder, path), 'utf8')
    assert.match(code, 'function parseCommand(')
    const longest = Math.max(...code.split('\n').map(({ length }) => length))
    assert.ok(longest < 5_000, `${longest} characters`)
  })

  test('the bundle says whose code it contains', () => {
    const path = 'node_modules/docker-plugin-flow/dist/command/THIRD-PARTY-LICENSES.txt'
    const licenses = readFileSync(join(consumer.folder, path), 'utf8')
    for (const name of ['axios', 'rxjs', 'xstate'])
      assert.match(licenses, new RegExp(`^${name} \\d`, 'm'))
  })
})

/** The TypeScript of the pages that a host can run as it stands: it imports what it uses. */
function snippets(): { page: string; index: number; code: string }[] {
  const all = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  const docs = all.filter((file) => file.endsWith('.md') && !file.startsWith('decisions/'))
  return ['README.md', ...docs.map((file) => `docs/${file}`)].flatMap((page) => {
    const blocks = readFileSync(join(root, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)
    return [...blocks].map(([, code = ''], index) => ({ page, index: index + 1, code }))
  })
}
