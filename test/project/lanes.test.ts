import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { isAlive } from '../engine/world/processes.ts'
import { until } from '../engine/world/until.ts'
import type { Step } from '../support/runLanes.ts'
import { suite } from '../support/suite.ts'

const root = join(import.meta.dirname, '../..')
const PROGRAM = `
  const { runLanes } = await import('./test/support/runLanes.ts')
  process.exitCode = (await runLanes(JSON.parse(process.argv[1]))) > 0 ? 1 : 0
`

/** Runs lanes in a process of their own, as `npm test` does. */
async function run(lanes: readonly (readonly Step[])[], onStart = (_pid: number) => {}) {
  const args = ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, JSON.stringify(lanes)]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  onStart(child.pid ?? 0)
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { code, output, last: output.trimEnd().split('\n').at(-1) }
}

const ends = (line: string, status = 0) => `echo '${line}'; exit ${status}`
const good: Step = { name: 'good', command: ends('5 passed, 0 failed, 1 skipped') }

suite('lanes', (test) => {
  test('all pass :: the last line has the total', async () => {
    const { code, output, last } = await run([[good, { ...good, name: 'better' }], [good]])
    assert.equal([code, last], [0, '15 passed, 0 failed, 3 skipped'])
    assert.match(output, /^better: passed in \d+ s$/m)
  })

  const bad: [title: string, command: string, total: string][] = [
    ['a test fails', ends('3 passed, 2 failed, 0 skipped', 1), '8 passed, 2 failed, 1 skipped'],
    ['one fails without a test', ends('3 passed, 0 failed, 0 skipped', 1), '8 passed, 1 failed, 1'],
    ['one says nothing of tests', 'true', '5 passed, 1 failed, 1 skipped'],
    ['one is ended by a signal', 'kill -9 $$', '5 passed, 1 failed, 1 skipped'],
    ['one cannot be started', 'no-such-program', '5 passed, 1 failed, 1 skipped'],
  ]
  for (const [title, command, total] of bad) {
    test(`${title} :: all has failed, and nothing more is started`, async () => {
      const never = { name: 'never', command: ends('1 passed, 0 failed, 0 skipped') }
      const { code, output, last } = await run([[good, { name: 'bad', command }, never]])
      assert.is(code, 1)
      assert.ok(last?.startsWith(total), last)
      assert.match(output, /^failed: bad$/m)
      assert.not.match(output, 'never')
    })
  }

  test('a failed lane is shown last, though the other lane passes later', async () => {
    const command = `echo 'why it failed'; ${ends('0 passed, 1 failed, 0 skipped', 1)}`
    const slow = `sleep 2; echo 'fine'; ${ends('1 passed, 0 failed, 0 skipped')}`
    const { output } = await run([[{ name: 'bad', command }], [{ name: 'slow', command: slow }]])
    assert.match(output, /why it failed\n[\s\S]*slow: passed in \d+ s\nfailed: bad\n/)
    assert.not.match(output, 'fine')
  })

  test('a signal ends what runs, with what that has started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-lanes-test-'))
    const file = join(folder, 'pid')
    const started = () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0)
    const long = { name: 'long', command: `sleep 60 & echo $! > '${file}'; wait` }
    let lanes = 0
    try {
      const ended = run([[long]], (pid) => {
        lanes = pid
      })
      await until('it runs', () => started() > 0)
      process.kill(lanes, 'SIGTERM')
      assert.is((await ended).code, 1)
      await until('what it had started has gone', () => !isAlive(started()))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
