import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type EmbeddedEngine, startEmbeddedEngine } from '../../../../src/embedded.ts'
import { COMMAND_FILE } from '../../../support/command.ts'
import { suite } from '../../../support/suite.ts'
import { collector } from '../collect.ts'

const FULL = join(import.meta.dirname, '../../../support/fullDisk.ts')
const LIMIT_MS = 120_000
const GRANT = '--grant-all-permissions'

interface Ended {
  code: unknown
  stderr: string
  /** The files left in the journal. */
  left: string[]
  embedded: EmbeddedEngine
}

/** Runs the command in a process whose journal takes so many steps, after another one in a sound process. */
async function runOnFullDisk(
  disk: { DISK_WRITES: string; DISK_ERROR: string },
  argv: readonly string[],
  before?: readonly string[],
): Promise<Ended> {
  const home = mkdtempSync(join(tmpdir(), 'plugin-flow-full-'))
  const embedded = await startEmbeddedEngine({ pace: 0 })
  const { PATH, NODE_V8_COVERAGE } = process.env
  const run = async (more: object, loaded: string[], given: readonly string[]) => {
    const env = { PATH, NODE_V8_COVERAGE, HOME: home, DOCKER_HOST: embedded.host, ...more }
    const child = spawn(process.execPath, ['--import', 'tsx', ...loaded, COMMAND_FILE, ...given], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    })
    const stderr = collector()
    child.stderr.pipe(stderr)
    const [code] = await once(child, 'close')
    return { code, stderr: stderr.text() }
  }
  try {
    if (before) assert.is((await run({}, [], before)).code, 0)
    const { code, stderr } = await run(disk, ['--import', FULL], argv)
    const names = readdirSync(join(home, '.local/state/plugin-flow'))
    const left = names.filter((name) => name !== 'ended')
    return { code, stderr: stderr.replaceAll(home, '~'), left, embedded }
  } finally {
    await embedded.close()
    rmSync(home, { recursive: true })
  }
}

const reason = (why: string) =>
  `plugin-flow: the journal ~/.local/state/plugin-flow cannot be written: ${why}\n`

suite('a journal whose disk fails in the middle of a run', (test) => {
  test('before the first change :: nothing is done, and the reason is reported', async () => {
    const disk = { DISK_WRITES: '0', DISK_ERROR: 'ENOSPC' }
    const { code, stderr, left, embedded } = await runOnFullDisk(disk, [
      ...['install', GRANT, 'acme/notes:1.0'],
    ])
    assert.is(code, 1)
    assert.match(stderr, reason('there is no space left on its disk'))
    assert.match(stderr, 'what to do: Make room there, or name another folder in XDG_STATE_HOME')
    assert.match(stderr, 'on the engine: nothing was installed')
    assert.equal([left, embedded.plugins()], [[], []])
  })

  for (const [writes, code] of [
    ['1', 'EIO'],
    ['2', 'EIO'],
    ['3', 'EROFS'],
  ] as const) {
    test(`${code} after ${writes} steps of an upgrade :: the old version is as it was, and no lock is left`, async () => {
      const { stderr, left, embedded, ...ended } = await runOnFullDisk(
        { DISK_WRITES: writes, DISK_ERROR: code },
        ['upgrade', GRANT, '--mode', 'in-place', 'acme/notes:1.0', 'acme/notes:2.0'],
        ['install', GRANT, 'acme/notes:1.0'],
      )
      assert.is(ended.code, 1)
      assert.match(stderr, code === 'EIO' ? 'its disk has failed' : 'its disk is read-only')
      assert.match(stderr, 'what to do: Mend that folder, or name another one in XDG_STATE_HOME')
      assert.equal(
        embedded.plugins().map(({ Name, Enabled }) => [Name, Enabled]),
        [['acme/notes:1.0', true]],
        stderr,
      )
      assert.equal(
        left.filter((name) => !/^[0-9a-f]{8}\.json$/.test(name)),
        [],
      )
    })
  }
})
