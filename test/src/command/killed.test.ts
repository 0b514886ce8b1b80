import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../src/embedded.ts'
import { startLyingProxy } from '../../engine/world/lyingProxy.ts'
import { COMMAND } from '../../support/command.ts'
import {
  fatalRequest,
  isEnable,
  isPull,
  isRemoval,
  isSet,
  type Moment,
} from '../../support/fatalRequest.ts'
import { suite } from '../../support/suite.ts'
import { run } from './stage.ts'

const states = ['checkPrivileges', 'progress', 'pulling.verifying', 'configuring', 'enabling']
const LIMIT_MS = 120_000

interface Ground {
  embedded: EmbeddedEngine
  folder: string
  env: Record<string, string | undefined>
  run(...args: string[]): ChildProcess
  end(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>
  left(): string[]
}

/** A command whose runs are written down in a folder of the test's, and an engine of its own. */
async function onGround(act: (ground: Ground) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-killed-'))
  const embedded = await startEmbeddedEngine({ pace: 0.05 })
  const { PATH, NODE_V8_COVERAGE } = process.env
  const env = { PATH, NODE_V8_COVERAGE, HOME: folder, DOCKER_HOST: embedded.host }
  const run = (...args: string[]) =>
    spawn(process.execPath, [...COMMAND, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: AbortSignal.timeout(LIMIT_MS),
    })
  try {
    await act({
      embedded,
      folder,
      env,
      run,
      async end(...args) {
        const child = run(...args)
        const [stdout, stderr, [code]] = await Promise.all([
          text(child.stdout),
          text(child.stderr),
          once(child, 'close'),
        ])
        return { code, stdout, stderr }
      },
      left: () => {
        const runs = join(folder, '.local/state/plugin-flow')
        return readdirSync(runs).filter((name) => name.endsWith('.json'))
      },
    })
  } finally {
    await embedded.close()
    rmSync(folder, { recursive: true })
  }
}

/** Kills an install as soon as it reports that it is in a state. */
async function killIn({ run }: Ground, state: string): Promise<void> {
  const child = run('install', '--json', '--grant-all-permissions', 'vieux/sshfs', 'DEBUG=1')
  const closed = once(child, 'close')
  child.stderr?.resume()
  if (!child.stdout) return
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line)
    // A state is reported before it is written down; a pull that reports progress has been written down.
    if ((told.to ?? told.type) === state) child.kill('SIGKILL')
  }
  const [code, signal] = await closed
  assert.equal([code, signal], [null, 'SIGKILL'], state)
}

suite('killed', (test) => {
  for (const state of states) {
    test(`in ${state} :: resumed, it ends as it would have`, () =>
      onGround(async (ground) => {
        await killIn(ground, state)
        const { code, stdout, stderr } = await ground.end('resume')
        if (state === 'checkPrivileges') {
          assert.match(stderr, 'no run was left')
          assert.is(code, 2)
          assert.equal(ground.embedded.plugins(), [])
          return
        }
        assert.is(code, 0, stderr)
        assert.match(stdout, 'installed vieux/sshfs:latest')
        const [plugin, ...others] = ground.embedded.plugins()
        assert.equal(others, [])
        assert.ok(plugin?.Enabled)
        assert.equal(plugin?.Settings.Env, ['DEBUG=1'])
        assert.equal(ground.left(), [])
      }))
  }

  test('in configuring :: listed, and taken back', () =>
    onGround(async (ground) => {
      await killIn(ground, 'configuring')
      assert.is(ground.embedded.plugins().length, 1)
      const listed = await ground.end('runs')
      const [, id] =
        /^([0-9a-f]{8}) +install +vieux\/sshfs:latest +left: /m.exec(listed.stdout) ?? []
      assert.ok(id, listed.stdout)
      const { code, stdout } = await ground.end('rollback', id)
      assert.is(code, 0)
      assert.match(stdout, 'rolled back: vieux/sshfs:latest was removed\n')
      assert.equal(ground.embedded.plugins(), [])
      assert.equal(ground.left(), [])
    }))

  test('wrong words :: one line each', () =>
    onGround(async ({ end }) => {
      const rows: [args: string[], words: string][] = [
        [['resume'], 'no run was left'],
        [['resume', '00000000'], 'no run has the ID 00000000'],
        [['rollback', 'x'], '"x" is not the ID of a run'],
        [['rollback', '00000000', '11111111'], 'takes one RUN'],
        [['runs', 'x'], 'takes no arguments'],
      ]
      const ends = await Promise.all(rows.map(([args]) => end(...args)))
      for (const [index, { code, stderr }] of ends.entries()) {
        assert.is(code, 2)
        assert.match(stderr, rows[index]?.[1] ?? '')
        assert.is(stderr.trim().split('\n').length, 1)
      }
    }))
})

const changes: [name: string, isIt: Moment, setting: string][] = [
  ['a pull', isPull, 'DEBUG=1'],
  ['a set', isSet, 'DEBUG=1'],
  ['an enable', isEnable, 'DEBUG=1'],
  ['a removal', isRemoval, 'BAD=1'],
]

suite('killed in the middle of a request', (test) => {
  for (const [name, isIt, setting] of changes) {
    test(`${name} :: rolled back, nothing is left; resumed, it ends as it would have`, async () => {
      const ends = [killedAt(isIt, 'unseen', setting, 'rollback')]
      ends.push(killedAt(isIt, 'answered', setting, 'resume'))
      const [taken, resumed] = await Promise.all(ends)
      assert.equal(taken, { code: 0, plugins: [], left: [] })
      const forward = { code: 0, plugins: ['enabled'], left: [] }
      assert.equal(resumed, setting === 'BAD=1' ? { ...taken, code: 1 } : forward)
    })
  }
})

/** Kills an install at a request, and takes up its run. */
async function killedAt(
  isIt: Moment,
  seen: 'unseen' | 'answered',
  setting: string,
  verb: 'resume' | 'rollback',
) {
  let end: { code: number; plugins: string[]; left: string[] } | undefined
  await onGround(async ({ folder, embedded, env, run: spawned, left }) => {
    let victim: ChildProcess | undefined
    const lies = fatalRequest(isIt, seen, () => victim?.kill('SIGKILL'))
    const engine = embedded.host.replace('unix://', '')
    const proxy = await startLyingProxy(engine, join(folder, 'proxy.sock'), lies)
    try {
      const args = ['--grant-all-permissions', 'vieux/sshfs', setting]
      victim = spawned('install', '--host', proxy.host, '--json', ...args)
      victim.stdout?.resume()
      victim.stderr?.resume()
      assert.equal(await once(victim, 'close'), [null, 'SIGKILL'])
      const [id = ''] = left().map((file) => file.slice(0, 8))
      const code = await run({}, env, [verb, id]).code
      const plugins = embedded.plugins().map(({ Enabled }) => (Enabled ? 'enabled' : 'disabled'))
      end = { code, plugins, left: left() }
    } finally {
      await proxy.close()
    }
  })
  return end
}
