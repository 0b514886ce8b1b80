import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { findProgram } from '../../process/findProgram.ts'
import { noSsh, sshFailure } from '../words/sshFailure.ts'
import type { SshHost } from './dockerHost.ts'

export interface SshProgram {
  args: readonly string[]
  /** Where `ssh` is found, and what it runs in. */
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
}

// Nothing comes out of dial-stdio before the engine answers something.
const PROBE = 'HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n'
const MAX_HEAD = 16 * 1024
const MAX_WORDS = 16 * 1024
const KILL_AFTER_MS = 2_000

/**
 * One connection to an engine through `ssh`, in the place of a socket. It tells `connect` once an engine
 * has answered on the other side, and holds what is written until then. An end before that is an error
 * that says why; one after it is as that of a socket.
 */
export class SshStream extends Duplex {
  #child: ChildProcessWithoutNullStreams | undefined
  /** Of the answer to the probe; `undefined` once that was whole. */
  #head: string | undefined = ''
  #held: (() => void) | undefined
  #words = ''
  #isUnref = false
  readonly #hasGroup: boolean

  constructor(program: SshProgram) {
    // As a socket: with its other side gone it is of no use to the pool.
    super({ allowHalfOpen: false })
    this.#hasGroup = program.platform !== 'win32'
    this.#start(program).catch((error: NodeJS.ErrnoException) => this.#cannotRun(error))
  }

  async #start({ args, env, platform }: SshProgram): Promise<void> {
    const file = await findProgram('ssh', env, platform)
    if (this.destroyed) return
    if (file === undefined) return void this.destroy(noSsh('it is not on the PATH'))
    // In a session of its own: a Ctrl-C is for this process, and nothing can be asked on its terminal.
    const child = spawn(file, args, { env, detached: this.#hasGroup, windowsHide: true })
    child.on('error', (error) => this.#cannotRun(error))
    // A program that was not started may have no pipes.
    if (child.pid === undefined) return
    this.#child = child
    // Its end reports why it takes no more.
    child.stdin.on('error', () => {}).write(PROBE)
    child.stderr.setEncoding('utf8').on('data', (words: string) => {
      this.#words = (this.#words + words).slice(-MAX_WORDS)
    })
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk))
    child.on('close', (status) => this.#end(status))
    if (this.#isUnref) this.unref()
  }

  /** The reason why a program cannot run comes as an event or is thrown, by its kind. */
  #cannotRun({ code }: NodeJS.ErrnoException): void {
    this.destroy(noSsh(String(code)))
  }

  #take(chunk: Buffer): void {
    if (this.#head !== undefined) this.#takeHead(chunk)
    else if (!this.push(chunk)) this.#child?.stdout.pause()
  }

  #takeHead(chunk: Buffer): void {
    const head = `${this.#head}${chunk.toString('latin1')}`
    this.#head = head
    const isHttp = head.slice(0, 7) === 'HTTP/1.'.slice(0, head.length)
    if (!isHttp || head.length > MAX_HEAD) {
      return void this.destroy(
        Object.assign(new Error('no HTTP'), { code: 'HPE_INVALID_CONSTANT' }),
      )
    }
    if (!head.includes('\r\n\r\n')) return
    this.#head = undefined
    this.emit('connect')
    this.#held?.()
  }

  #end(status: number | null): void {
    if (this.#head === undefined) this.push(null)
    else this.destroy(sshFailure(this.#words, status))
  }

  override _read(): void {
    this.#child?.stdout.resume()
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    const write = () =>
      this.#child?.stdin.write(chunk, (error) => {
        if (!error) done()
      })
    if (this.#head === undefined) write()
    else this.#held = write
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const child = this.#child
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const target = this.#hasGroup ? -child.pid : child.pid
      kill(target, 'SIGTERM')
      const clock = setTimeout(kill, KILL_AFTER_MS, target, 'SIGKILL').unref()
      child.once('exit', () => clearTimeout(clock))
    }
    for (const stream of streamsOf(child)) stream.destroy()
    child?.unref()
    done(error)
  }

  // The methods that the pool of an agent and an HTTP client call on a socket.

  ref(): this {
    this.#isUnref = false
    this.#child?.ref()
    for (const stream of streamsOf(this.#child)) stream.ref()
    return this
  }

  unref(): this {
    this.#isUnref = true
    this.#child?.unref()
    for (const stream of streamsOf(this.#child)) stream.unref()
    return this
  }

  destroySoon(): this {
    return this.destroy()
  }

  setTimeout(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }
}

/** Pipes of a process are sockets, which its type does not tell. */
function streamsOf(child: ChildProcessWithoutNullStreams | undefined): Socket[] {
  return child ? ([child.stdin, child.stdout, child.stderr] as unknown[] as Socket[]) : []
}

/** With what it has started, where it has a group of its own: a ProxyCommand, say. */
function kill(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal)
  } catch {
    // It is gone already.
  }
}

/**
 * The arguments of `ssh`, as Docker's own command gives them: `docker system dial-stdio` on the other
 * side carries the API. No question is asked (`BatchMode`), and no host can be read as an option.
 */
export function sshArguments({ user, hostname, port, path }: SshHost, limitMs: number): string[] {
  return [
    '-T',
    '-o',
    'BatchMode=yes',
    '-o',
    `ConnectTimeout=${Math.ceil(limitMs / 1_000)}`,
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    '--',
    hostname,
    'docker',
    ...(path === undefined ? [] : ['--host', quote(`unix://${path}`)]),
    'system',
    'dial-stdio',
  ]
}

/** For the shell on the other side. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
