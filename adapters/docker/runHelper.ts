import { type ChildProcess, spawn } from 'node:child_process'
import type { Env } from '../process/env.ts'

export interface HelperRun {
  env: Env
  platform: NodeJS.Platform
  /** How long it may take, in milliseconds. */
  limitMs: number
  signal: AbortSignal
}

/** `code`: the exit status, `null` when a signal ended it; of `notStarted` the reason. */
export type HelperEnd =
  | { end: 'exited'; code: number | null; output: string }
  | { end: 'notStarted'; code: string }
  | { end: 'tooLong' | 'tooMuch' | 'aborted' }

/** What an answer may have; one has some hundred bytes, and a token some thousand. */
export const MOST_OUTPUT = 64 * 1024

/**
 * Runs a credential helper without a shell. Resolves when it has ended and never rejects: one that takes
 * too long or writes too much is killed first, with everything that it has started in its process group.
 */
export async function runHelper(
  file: string,
  action: string,
  input: string,
  { env, platform, limitMs, signal }: HelperRun,
): Promise<HelperEnd> {
  if (signal.aborted) return { end: 'aborted' }
  const hasGroup = platform !== 'win32'
  try {
    const child = spawn(file, [action], {
      env,
      detached: hasGroup,
      // What it says there may hold the secret.
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    // It may end without having read.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    return await ended(child, limitMs, signal, () => kill(child, hasGroup))
  } catch (error) {
    return { end: 'notStarted', code: String((error as NodeJS.ErrnoException).code) }
  }
}

function ended(
  child: ChildProcess & { stdout: NodeJS.ReadableStream },
  limitMs: number,
  signal: AbortSignal,
  kill: () => void,
): Promise<HelperEnd> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let stopped: 'tooLong' | 'tooMuch' | 'aborted' | undefined
    const stop = (why: typeof stopped) => {
      stopped ??= why
      kill()
    }
    const abort = () => stop('aborted')
    const timer = setTimeout(() => stop('tooLong'), limitMs)
    signal.addEventListener('abort', abort, { once: true })
    const release = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MOST_OUTPUT) stop('tooMuch')
      else chunks.push(chunk)
    })
    child.on('error', (error) => {
      release()
      reject(error)
    })
    child.on('close', (code) => {
      release()
      const output = Buffer.concat(chunks).toString('utf8')
      resolve(stopped ? { end: stopped } : { end: 'exited', code, output })
    })
  })
}

/** Its output is closed too: a process that has left the group would keep it open. */
function kill(child: ChildProcess, hasGroup: boolean): void {
  const pid = Number(child.pid)
  try {
    process.kill(hasGroup ? -pid : pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
  child.stdout?.destroy()
}
