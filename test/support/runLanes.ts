import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A command, for a shell, that runs tests with the runner. */
export interface Step {
  name: string
  command: string
  env?: Record<string, string>
}

/**
 * Runs the steps of each lane one after the other, and the lanes side by side. Prints what a step has
 * written when it ends, and a line with the total at the end. After a failure no step is started. A
 * signal goes to what runs.
 *
 * @returns how many tests have failed; a step that fails without one, or runs none, counts as one
 */
export async function runLanes(lanes: readonly (readonly Step[])[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-lanes-'))
  const running = new Set<ChildProcess>()
  const passOn = (signal: NodeJS.Signals) => {
    for (const { pid } of running) if (pid) process.kill(-pid, signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, passOn)
  const total = { passed: 0, failed: 0, skipped: 0 }
  const failures: string[] = []
  const runLane = async (steps: readonly Step[], lane: number) => {
    for (const step of steps) {
      if (failures.length > 0) return
      const end = await runStep(step, join(folder, String(lane)), running)
      total.passed += end.passed
      total.failed += end.failed
      total.skipped += end.skipped
      if (end.failed > 0) failures.push(step.name)
      console.log(`${step.name}: ${end.failed > 0 ? 'failed' : 'passed'} in ${end.seconds} s`)
      // The output of a step that passes after a failure would hide it.
      if (end.failed > 0 || failures.length === 0) console.log(end.written)
    }
  }
  try {
    await Promise.all(lanes.map(runLane))
  } finally {
    for (const signal of signals) process.off(signal, passOn)
    rmSync(folder, { recursive: true })
  }
  if (failures.length > 0) console.log(`failed: ${failures.join(', ')}`)
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  return total.failed
}

async function runStep({ command, env }: Step, file: string, running: Set<ChildProcess>) {
  const began = performance.now()
  const output = openSync(file, 'w')
  const child = spawn(command, {
    shell: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
    // A process group of its own: a signal has to reach what the shell starts, too.
    detached: true,
  })
  running.add(child)
  const [code] = await once(child, 'close')
  running.delete(child)
  closeSync(output)
  const written = readFileSync(file, 'utf8')
  const ends = [...written.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)]
  const [passed = 0, failed = 0, skipped = 0] = ends.at(-1)?.slice(1).map(Number) ?? []
  const isGood = code === 0 && passed > 0
  const seconds = Math.round((performance.now() - began) / 1_000)
  return { passed, failed: isGood ? failed : Math.max(failed, 1), skipped, seconds, written }
}
