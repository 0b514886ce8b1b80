import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { SEARCH_PATH } from './runTool.ts'

/** A process of the world. It ends with the test process at the latest, however that one ends. */
export interface OwnedProcess {
  readonly pid: number
  /** The last of what it wrote, for a person to read. */
  output(): string
  /** Resolves with the first match in its output; rejects when it ends or the time is up. */
  says(pattern: RegExp, limitMs: number): Promise<RegExpMatchArray>
  /** Asks it to end (SIGTERM to `target`), and kills it when it has not after `limitMs`. */
  end(limitMs: number, target?: number): Promise<void>
  /** Kills it at once, for where nothing can be awaited. */
  kill(): void
}

/** Takes a process that has just been started, and how to end it. */
export type Keep = (owned: OwnedProcess, end: () => Promise<void>) => void

const KEPT_OUTPUT = 64 * 1024

/** Starts a command in a session of its own: a Ctrl-C is for the test process to handle. */
export function startProcess(command: string, args: readonly string[]): OwnedProcess {
  // The kernel ends it when the test process dies without a chance to do so, by SIGKILL say.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], {
    detached: true,
    env: { PATH: SEARCH_PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let ended = false
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const read = (chunk: string) => {
    output = (output + chunk).slice(-KEPT_OUTPUT)
    tell()
  }
  child.stdout.setEncoding('utf8').on('data', read)
  child.stderr.setEncoding('utf8').on('data', read)
  const closed = once(child, 'close').catch((error: Error) => read(error.message))
  const exited = closed.then(() => {
    ended = true
    tell()
  })

  return {
    pid: child.pid ?? 0,
    output: () => output,
    says: (pattern, limitMs) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          clearTimeout(timer)
          listeners.delete(look)
          act()
        }
        const fail = (what: string) =>
          settle(() => reject(new Error(`${command} ${what}:\n${output.slice(-2000)}`)))
        const look = () => {
          const match = pattern.exec(output)
          if (match) settle(() => resolve(match))
          else if (ended) fail('ended')
        }
        const timer = setTimeout(() => fail(`was not ready after ${limitMs} ms`), limitMs)
        listeners.add(look)
        look()
      }),
    end: async (limitMs, target = child.pid) => {
      if (!ended && target) signal(target, 'SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
      await exited
      clearTimeout(timer)
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
