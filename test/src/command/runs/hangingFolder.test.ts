import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../../src/embedded.ts'
import { COMMAND_FILE } from '../../../support/command.ts'
import { suite } from '../../../support/suite.ts'
import { type Collector, collector } from '../collect.ts'

const HANGING = join(import.meta.dirname, '../../../support/hangingFolder.ts')
const LIMIT_MS = 120_000

interface Ground {
  embedded: EmbeddedEngine
  home: string
  stdout: Collector
  stderr: Collector
  kill(signal: NodeJS.Signals): void
  /** Its exit code and the signal that ended it. */
  ended: Promise<unknown[]>
}

/** An install whose home does not answer. */
async function onGround(act: (ground: Ground) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'plugin-flow-hanging-'))
  const HANGING_FIFO = join(home, 'fifo')
  execFileSync('mkfifo', [HANGING_FIFO])
  const embedded = await startEmbeddedEngine({ pace: 0 })
  const { PATH, NODE_V8_COVERAGE } = process.env
  const env = { PATH, NODE_V8_COVERAGE, HOME: home, DOCKER_HOST: embedded.host, HANGING_FIFO }
  const install = ['install', '--json', '--grant-all-permissions', 'vieux/sshfs']
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--import', HANGING, COMMAND_FILE, ...install],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    },
  )
  const [stdout, stderr] = [collector(), collector()]
  child.stdout.pipe(stdout)
  child.stderr.pipe(stderr)
  const ended = once(child, 'close')
  const kill = (signal: NodeJS.Signals) => child.kill(signal)
  try {
    await act({ embedded, home, stdout, stderr, kill, ended })
  } finally {
    child.kill('SIGKILL')
    await ended
    await embedded.close()
    rmSync(home, { recursive: true })
  }
}

const requests = ({ embedded }: Ground) => embedded.requests().map(({ method }) => method)

suite('an install whose home does not answer', (test) => {
  test('goes on without being recorded, and ends with a first Ctrl-C', () =>
    onGround(async (ground) => {
      const { stdout, stderr, home, kill, ended } = ground
      await stdout.seen('"to":"pulling.streaming"')
      kill('SIGINT')
      await stderr.seen('SIGINT: cancelled')
      await stdout.seen('"type":"outcome"')
      assert.equal(await ended, [null, 'SIGINT'])
      const folder = join(home, '.local/state/plugin-flow')
      const told = `plugin-flow: this run is not recorded: ${folder} has not answered for 10 s\n`
      assert.ok(stderr.text().includes(told), stderr.text())
      assert.match(stderr.text(), '\non the engine: nothing was installed\n')
      assert.ok(requests(ground).every((method) => method !== 'POST'))
    }))

  test('is left with a second Ctrl-C, soon, and says what to look at', () =>
    onGround(async (ground) => {
      const { stdout, stderr, kill, ended } = ground
      await stdout.seen('"to":"pulling.streaming"')
      kill('SIGINT')
      await stdout.seen('"to":"rollingBack"')
      kill('SIGTERM')
      const asked = performance.now()
      await stderr.seen('not recorded; plugin-flow runs shows the last one that is\n')
      const took = performance.now() - asked
      assert.ok(took < 9_000, `less than a journal is waited for otherwise: ${took} ms`)
      assert.equal(await ended, [null, 'SIGINT'])
      assert.match(stderr.text(), 'to remove it: plugin-flow rm vieux/sshfs:latest\n')
    }))

  test('is left with a third at once', () =>
    onGround(async ({ stdout, stderr, kill, ended }) => {
      await stdout.seen('"to":"pulling.streaming"')
      kill('SIGINT')
      await stdout.seen('"to":"rollingBack"')
      kill('SIGTERM')
      kill('SIGHUP')
      const asked = performance.now()
      await stderr.seen('plugin-flow runs shows the last one that is\n')
      const took = performance.now() - asked
      assert.ok(took < 2_500, `less than is waited for after a second one: ${took} ms`)
      assert.equal(await ended, [null, 'SIGINT'])
    }))
})
