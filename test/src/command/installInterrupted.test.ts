import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { collector } from './collect.ts'
import { asTerminal } from './screen.ts'
import { lines, onStage, type Running } from './stage.ts'

const SSHFS = 'vieux/sshfs:latest'

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
        assert.match(
          String(lines(running.stderr).at(-1)),
          `on the engine: ${SSHFS} may be left (this command ended before the rollback was complete); to remove it: plugin-flow rollback `,
        )
        assert.match(rollback.command, /^plugin-flow rollback [0-9a-f]{8}$/)
        assert.is(running.stderr.text().split(rollback.command).length, 2)
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

  test('an uncaught exception is one line, and the install is taken back', () =>
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

  test('a closed stdout :: the install is finished all the same', () =>
    onStage(async ({ embedded, run }) => {
      const running = run(SSHFS, '--grant-all-permissions')
      running.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      assert.is(await running.code, 0)
      assert.is(running.stderr.text(), '')
      assert.ok(embedded.plugins()[0]?.Enabled)
    }))

  test('a closed stdout :: a question is not granted', () =>
    onStage(async ({ embedded, run }) => {
      const running = run(SSHFS)
      running.stdout.destroy()
      running.stdin.write('y\n')
      assert.is(await running.code, 1)
      assert.match(running.stderr.text(), 'no answer was given')
      assert.equal(embedded.plugins(), [])
    }))
})

function assertReleased({ signals, stdin }: Running): void {
  assert.equal(signals.eventNames(), [])
  assert.is(stdin.listenerCount('data'), 0)
}
