import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface ProcessRun {
  /** Milliseconds from before its start until it has ended and its output has been read. */
  ms: number
  stdout: string
}

export interface ProcessOptions {
  env?: Readonly<Record<string, string | undefined>>
  /** It is killed after so many milliseconds. Default 60 000. */
  limit?: number
}

/** Runs a command to its end. Rejects when it ends with another status than 0. */
export async function runProcess(
  command: string,
  args: readonly string[],
  { env = process.env, limit = 60_000 }: ProcessOptions = {},
): Promise<ProcessRun> {
  const start = performance.now()
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: limit })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code, signal] = await once(child, 'close')
  const ms = performance.now() - start
  if (code === 0) return { ms, stdout }
  const words = (stderr || stdout).trim().slice(-500)
  throw new Error(`${command} ${args.join(' ')}: ended with ${signal ?? code}: ${words}`)
}
