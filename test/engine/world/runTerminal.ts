import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { COMMAND, ROOT } from '../../support/command.ts'
import { SEARCH_PATH } from './runTool.ts'
import type { World } from './startWorld.ts'

/** `plugin-flow install` on a terminal of its own, with somebody who types. */
export interface TerminalRun {
  /** Waits until a match stands on the screen after what was matched before, then types. */
  answer(question: string, keys: string): Promise<void>
  /** Resolves when the command has ended; it is killed after a minute. */
  ended: Promise<{ code: number | null; screen: string }>
}

const LIMIT_MS = 60_000

/** The terminal is that of `script`; what is typed goes through the kernel's line discipline. */
export function runTerminal(world: World, args: readonly string[]): TerminalRun {
  const words = [process.execPath, ...COMMAND, 'install']
  const line = [...words, '-H', world.host, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qefc', `exec ${line}`, '/dev/null'], {
    cwd: ROOT,
    env: {
      PATH: SEARCH_PATH,
      HOME: world.folder,
      DOCKER_CONFIG: world.folder,
      SHELL: '/bin/sh',
      TERM: 'xterm',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let screen = ''
  let matched = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
  })
  child.stdin.on('error', () => {})
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(timer)
    child.stdin.destroy()
    return { code, screen }
  })
  return {
    ended,
    async answer(question, keys) {
      const signal = AbortSignal.timeout(LIMIT_MS)
      while (!screen.includes(question, matched)) {
        if (child.exitCode !== null) throw new Error(`it has ended: ${screen}`)
        await Promise.race([once(child.stdout, 'data', { signal }), ended])
      }
      matched = screen.indexOf(question, matched) + question.length
      child.stdin.write(keys)
    },
  }
}
