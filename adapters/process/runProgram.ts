import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { onAbort } from '../../machines/onAbort.ts'

export interface ProgramRun {
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  /** Time limit in milliseconds. */
  limitMs: number
  signal: AbortSignal
}

interface Program {
  file: string
  args: readonly string[]
  /** Standard input. */
  input: string
  /** The folder that it runs in. Default: that of this process. */
  cwd?: string
  /** Limit of its output, in bytes. */
  mostOutput: number
}

/** `code` is the exit status, or `null` if a signal ended it; of `notStarted`, the system's error code. */
export type ProgramEnd =
  | { end: 'exited'; code: number | null; output: string; errors: string }
  | { end: 'notStarted'; code: string }
  | { end: 'tooLong'; output: string; errors: string }
  | { end: 'tooMuch' | 'aborted' }

/** The last of what it says on standard error, where the cause is. */
const MOST_ERRORS = 4 * 1024
/** For what an ended helper wrote last to come in; a process that it has started and that holds its output is killed then. */
const DRAIN_MS = 200

/**
 * Runs a program without a shell. Resolves when it has ended, and never rejects. A program that takes too long or writes too
 * much is killed first, with its whole process group.
 */
export async function runProgram(program: Program, run: ProgramRun): Promise<ProgramEnd> {
  const { signal } = run
  if (signal.aborted) return { end: 'aborted' }
  const hasGroup = run.platform !== 'win32'
  try {
    const child = spawn(program.file, program.args, {
      env: run.env,
      cwd: program.cwd,
      detached: hasGroup,
      stdio: 'pipe',
      windowsHide: true,
    })
    // It may end without reading its input.
    child.stdin.on('error', () => {})
    child.stdin.end(program.input)
    return await ended(child, program.mostOutput, run, () => kill(child, hasGroup))
  } catch (error) {
    return { end: 'notStarted', code: String((error as NodeJS.ErrnoException).code) }
  }
}

function ended(
  child: ChildProcessWithoutNullStreams,
  mostOutput: number,
  { limitMs, signal }: ProgramRun,
  kill: () => void,
): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let errors = ''
    let stopped: 'tooLong' | 'tooMuch' | 'aborted' | undefined
    const stop = (why: typeof stopped) => {
      stopped ??= why
      kill()
    }
    const timer = setTimeout(() => stop('tooLong'), limitMs)
    const forgetSignal = onAbort(signal, () => stop('aborted'))
    let drained: NodeJS.Timeout | undefined
    const release = () => {
      clearTimeout(timer)
      clearTimeout(drained)
      forgetSignal()
    }
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > mostOutput) stop('tooMuch')
      else chunks.push(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-MOST_ERRORS)
    })
    child.on('exit', () => {
      // A daemon has left the group, and given up its output.
      drained = setTimeout(kill, DRAIN_MS)
    })
    child.on('error', (error) => {
      release()
      reject(error)
    })
    child.on('close', (code) => {
      release()
      const output = Buffer.concat(chunks).toString('utf8')
      if (stopped === 'tooLong') resolve({ end: stopped, output, errors })
      else resolve(stopped ? { end: stopped } : { end: 'exited', code, output, errors })
    })
  })
}

/** Closes its output too, which a process that has left the group would keep open. */
function kill(child: ChildProcessWithoutNullStreams, hasGroup: boolean): void {
  const pid = Number(child.pid)
  try {
    process.kill(hasGroup ? -pid : pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
  closeOutput(child)
}

function closeOutput({ stdout, stderr }: ChildProcessWithoutNullStreams): void {
  stdout.destroy()
  stderr.destroy()
}
