import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export type Fate = 'killed' | 'survived' | 'timed out'

interface TestProcess {
  /** The verdict of the tests of this bundle on its mutant. */
  run(bundle: string, limitMs: number): Promise<Fate>
  end(): void
}

/** Runs one bundle after another in a process, which is replaced when it hangs or dies. */
export function createTestProcess(): TestProcess {
  // Inside node_modules, so that a bundle finds the packages that it imports.
  const cache = resolve(import.meta.dirname, '../../node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'mutants-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  let child: ChildProcess | undefined
  let number = 0

  async function run(bundle: string, limitMs: number): Promise<Fate> {
    const fate = await runOnce(bundle, limitMs)
    if (fate !== 'died') return fate
    // It may have died of what an earlier mutant left behind: a new process decides.
    const again = await runOnce(bundle, limitMs)
    return again === 'died' ? 'killed' : again
  }

  function runOnce(bundle: string, limitMs: number): Promise<Fate | 'died'> {
    const file = join(folder, `${++number}.mjs`)
    writeFileSync(file, bundle)
    child ??= fork(join(import.meta.dirname, 'runBundle.mjs'), { stdio: 'ignore', execArgv: [] })
    const running = child
    return new Promise((done) => {
      const end = (fate: Fate | 'died') => {
        clearTimeout(timer)
        running.removeAllListeners()
        rmSync(file)
        if (fate === 'died' || fate === 'timed out') {
          running.kill('SIGKILL')
          child = undefined
        }
        done(fate)
      }
      const timer = setTimeout(() => end('timed out'), limitMs)
      running.once('message', (passed) => end(passed ? 'survived' : 'killed'))
      running.once('exit', () => end('died'))
      running.once('error', () => end('died'))
      running.send(file)
    })
  }

  return { run, end: () => child?.kill() }
}
