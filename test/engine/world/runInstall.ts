import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { COMMAND, ROOT } from '../../support/command.ts'
import type { World } from './startWorld.ts'

export interface CommandRun {
  child: ChildProcess
  /** Resolves when `stdout` holds a match. */
  prints(pattern: RegExp): Promise<void>
  /** Resolves when the command has ended; it is killed after a minute. */
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>
}

const LIMIT_MS = 60_000

/** Runs `plugin-flow install` on the world's engine, with `input` as all of its standard input. */
export function runInstall(
  world: World,
  args: readonly string[],
  { input = '', config = world.folder } = {},
): CommandRun {
  const command = [...COMMAND, 'install', '-H', world.host, ...args]
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: world.folder, DOCKER_CONFIG: config },
    stdio: 'pipe',
  })
  const written = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    written.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    written.stderr += text
  })
  child.stdin.end(input)
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(timer)
    return { code, ...written }
  })
  return {
    child,
    ended,
    async prints(pattern) {
      const signal = AbortSignal.timeout(LIMIT_MS)
      while (!pattern.test(written.stdout)) await once(child.stdout, 'data', { signal })
    },
  }
}
