import { type ChildProcess, spawn } from 'node:child_process'
import type { Env } from '../process/env.ts'

export interface HelperRun {
  env: Env
  platform: NodeJS.Platform
  /** Time limit in milliseconds. */
  limitMs: number
  signal: AbortSignal
}

/** `code` is the exit status, or `null` if a signal ended it; of `notStarted`, the system's error code. */
export type HelperEnd =
  | { end: 'exited'; code: number | null; output: string }
  | { end: 'notStarted'; code: string }
  | { end: 'tooLong' | 'tooMuch' | 'aborted' }

/** The limit of an answer, which has some hundred bytes, or with a token some thousand. */
export const MOST_OUTPUT = 64 * 1024

/**
 * Runs a credential helper without a shell. Resolves when it has ended, and never rejects. A helper that
 * takes too long or writes too much is killed first, with its whole process group.
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
      // Its standard error may contain the secret.
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    // The helper may end without reading its input.
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

/** Closes its output too, which a process that has left the group would keep open. */
function kill(child: ChildProcess, hasGroup: boolean): void {
  const pid = Number(child.pid)
  try {
    process.kill(hasGroup ? -pid : pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
  child.stdout?.destroy()
}
