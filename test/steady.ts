// `npm run test:steady [PATH…]`: runs tests again and again in random order on a busy machine, to find
// those that depend on time, order or luck. Rounds run side by side, two for each processor: each is the load of the
// others. STEADY_ROUNDS sets how often (10), TEST_SEED the order.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const ROUNDS = Number(process.env.STEADY_ROUNDS ?? 10)
const SEED = process.env.TEST_SEED ?? String(randomInt(1_000_000))
const AT_ONCE = 2 * availableParallelism()
const root = join(import.meta.dirname, '..')
const paths = process.argv.slice(2)

/** Ends by itself when this process has gone. */
const BUSY = 'const parent = process.ppid; while (process.ppid === parent);'
const running = new Set<ChildProcess>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    end()
    process.kill(process.pid, signal)
  })
}

const total = { passed: 0, failed: 0 }
let begun = 0
console.log(`${ROUNDS} rounds, TEST_SEED=${SEED}, ${AT_ONCE} at once`)
try {
  await Promise.all(Array.from({ length: AT_ONCE }, runRounds))
} finally {
  end()
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

/** Where no round is left, its place is kept busy until the last has ended. */
async function runRounds(): Promise<void> {
  while (begun < ROUNDS) await runRound(++begun)
  running.add(spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' }))
}

async function runRound(round: number): Promise<void> {
  const seed = `${SEED}-${round}`
  const began = performance.now()
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/run.ts', ...paths], {
    cwd: root,
    env: { ...process.env, TEST_SEED: seed },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.add(child)
  const [[code], written] = await Promise.all([once(child, 'close'), text(child.stdout)])
  running.delete(child)
  const last = written.trimEnd().split('\n').at(-1) ?? ''
  const [, passed = 0, failed = 0] = /^(\d+) passed, (\d+) failed/.exec(last) ?? []
  // A run that ends without its last line has failed too.
  const failures = Number(failed) || (code === 0 ? 0 : 1)
  if (failures > 0) console.log(written)
  total.passed += Number(passed)
  total.failed += failures
  const seconds = Math.round((performance.now() - began) / 1_000)
  console.log(`round ${round}: ${passed} passed, ${failures} failed in ${seconds} s (${seed})`)
}

function end(): void {
  for (const child of running) child.kill()
}
