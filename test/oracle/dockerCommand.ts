import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** The oldest whose references and forms of output are those that are compared with. */
const OLDEST = 25
const LIMIT_MS = 30_000

export interface DockerCommand {
  run(host: string, args: readonly string[]): Promise<Ended>
  /** Removes its configuration. */
  close(): void
}

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Docker's own command, with a configuration of its own that is empty, and with no one to ask. */
export function dockerCommand(program = 'docker'): DockerCommand {
  const home = mkdtempSync(join(tmpdir(), 'plugin-flow-docker-'))
  const config = { PATH: process.env.PATH, HOME: home, DOCKER_CONFIG: home }
  return {
    run: (host, args) => runDocker(program, { ...config, DOCKER_HOST: host }, args),
    close: () => rmSync(home, { recursive: true }),
  }
}

/** Runs Docker's own command to its end, in this environment alone. */
export async function runDocker(
  program: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<Ended> {
  const child = spawn(program, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, stdout, stderr }
}

/** The version line of a program, `Docker version 28.2.2, build …`, and whether it can be compared with. */
export function dockerVersion(program: string): { line: string; isFit: boolean } {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: LIMIT_MS })
  const line = (stdout ?? '').trim()
  const major = Number(/^Docker version (\d+)\./.exec(line)?.[1] ?? 0)
  return { line, isFit: major >= OLDEST }
}
