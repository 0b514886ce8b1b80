import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { runCommand } from '../../../src/command/runCommand.ts'
import {
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  startEmbeddedEngine,
} from '../../../src/embedded.ts'
import { COVERED_COMMAND, ROOT } from '../../support/command.ts'
import { writeNoCredentials } from '../../support/noCredentials.ts'
import { type Collector, collector } from './collect.ts'

/** A run of the command in this process. */
export interface Running {
  stdin: PassThrough
  stdout: Collector
  stderr: Collector
  signals: EventEmitter
  code: Promise<number>
}

export interface Stage {
  embedded: EmbeddedEngine
  /** Where the Docker configuration is looked for. */
  config: string
  /** Runs `plugin-flow install --host …` against the stage's engine. */
  run(...args: string[]): Running
  /** The same, with these streams. */
  runWith(streams: Partial<Running>, ...args: string[]): Running
  /** The same in a process of its own. */
  spawn(...args: string[]): Spawned
  /** Any command, to its end. */
  command(...argv: string[]): Promise<Ended>
}

export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** An engine to install on, and a configuration without credentials. */
export async function onStage(
  act: (stage: Stage) => Promise<void>,
  options: EmbeddedEngineOptions = {},
): Promise<void> {
  const config = mkdtempSync(join(tmpdir(), 'plugin-flow-test-'))
  writeNoCredentials(config)
  const embedded = await startEmbeddedEngine({ pace: 0, ...options })
  const env = { DOCKER_CONFIG: config, DOCKER_HOST: embedded.host }
  try {
    await act({
      embedded,
      config,
      run: (...args) => run({}, env, ['install', ...args]),
      runWith: (streams, ...args) => run(streams, env, ['install', ...args]),
      spawn: (...args) => spawnCommand(env, ['install', ...args]),
      async command(...argv) {
        const { code, stdout, stderr } = run({}, env, argv)
        return { code: await code, stdout: stdout.text(), stderr: stderr.text() }
      },
    })
  } finally {
    await embedded.close()
    rmSync(config, { recursive: true })
  }
}

/** Runs are written down here where a test names no home, and not in that of the tests' own user. */
const XDG_STATE_HOME = mkdtempSync(join(tmpdir(), 'plugin-flow-state-'))
process.on('exit', () => rmSync(XDG_STATE_HOME, { recursive: true, force: true }))

function withHome(env: Record<string, string | undefined>) {
  return Object.hasOwn(env, 'HOME') ? env : { XDG_STATE_HOME, ...env }
}

/** In this process. */
export function run(
  streams: Partial<Running>,
  env: Record<string, string | undefined>,
  argv: readonly string[],
): Running {
  const running = {
    stdin: new PassThrough(),
    stdout: collector(),
    stderr: collector(),
    signals: new EventEmitter(),
    ...streams,
  }
  return { ...running, code: runCommand({ ...running, env: withHome(env), argv }) }
}

export interface Spawned {
  child: ChildProcess
  /** Resolves once this was written to `stdout`. */
  seen(words: string): Promise<void>
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>
}

const LIMIT_MS = 120_000

/** In a process of its own, as `npm start` runs it; killed when it does not end. */
export function spawnCommand(
  env: Record<string, string | undefined>,
  argv: readonly string[],
): Spawned {
  const child = spawn(process.execPath, [...COVERED_COMMAND, ...argv], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      NODE_V8_COVERAGE: process.env.NODE_V8_COVERAGE,
      ...withHome(env),
    },
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  const [stdout, stderr] = [collector(), collector()]
  child.stdout.pipe(stdout)
  child.stderr.pipe(stderr)
  const ended = once(child, 'close').then(([code]) => ({
    code,
    stdout: stdout.text(),
    stderr: stderr.text(),
  }))
  return { child, seen: (words) => stdout.seen(words), ended }
}

/** The text written, line by line. */
export function lines(stream: { text(): string }): string[] {
  return stream.text().split('\n').slice(0, -1)
}
