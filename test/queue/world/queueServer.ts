import {
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endWithProcess } from '../../engine/world/endWithProcess.ts'
import { freePort } from '../../engine/world/freePort.ts'
import { runTool } from '../../engine/world/runTool.ts'
import { type OwnedProcess, startProcess } from '../../engine/world/startProcess.ts'
import type { Issued } from '../../support/certificates.ts'
import type { Servers } from './installServers.ts'

/** On a machine that is busy initdb alone takes half a minute. */
const START_MS = 120_000
const END_MS = 10_000
/** Debian has it everywhere. PostgreSQL does not run as root. */
const NOBODY = 65_534

/** A server of queues on loopback, with a folder of its own. */
export interface QueueServer {
  url: string
  /** Where it keeps what it was given. */
  folder: string
  /** Ends it without a word, as a power failure would. */
  kill(): Promise<void>
  /** The same server again, with what it has kept. */
  start(): Promise<void>
  stop(): Promise<void>
}

const RIGHTS = '~plugin-flow:* &plugin-flow:* +@all -@dangerous +info +client|list'

export const PASSWORD = 'queue-password-9f3k'

/** @param settings in the place of those that a queue needs; with a `tls-cert-file` it takes TLS connections alone */
export async function startRedis(
  { redis }: Servers,
  settings: Record<string, string> = {},
): Promise<QueueServer> {
  const port = await freePort()
  const scheme = 'tls-cert-file' in settings ? 'rediss' : 'redis'
  return serve('redis', `${scheme}://ann:${PASSWORD}@127.0.0.1:${port}`, (folder) => {
    const all = {
      bind: '127.0.0.1',
      ...(scheme === 'rediss' ? { port: '0', 'tls-port': String(port) } : { port: String(port) }),
      dir: folder,
      save: '""',
      appendonly: 'yes',
      'maxmemory-policy': 'noeviction',
      requirepass: PASSWORD,
      // The rights that docs/guides/rollout.md names.
      user: `ann on >${PASSWORD} ${RIGHTS}`,
      ...settings,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name} ${value}\n`)
    writeFileSync(join(folder, 'redis.conf'), lines.join(''), { mode: 0o600 })
    return {
      start: () => startProcess(redis, [join(folder, 'redis.conf')]),
      ready: /Ready to accept connections/,
    }
  })
}

/** @param tls with a certificate it takes TLS connections too */
export async function startPostgres(
  { postgres }: Servers,
  tls?: Pick<Issued, 'cert' | 'key'>,
): Promise<QueueServer> {
  const port = await freePort()
  const isRoot = process.getuid?.() === 0
  const asUser = isRoot
    ? ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups']
    : []
  const url = `postgres://queue:${PASSWORD}@127.0.0.1:${port}/postgres`
  return serve('postgres', url, async (folder) => {
    const data = join(folder, 'data')
    if (isRoot) chownSync(folder, NOBODY, NOBODY)
    const own = (name: string, text: string) => {
      const path = join(folder, name)
      writeFileSync(path, text, { mode: 0o600 })
      if (isRoot) chownSync(path, NOBODY, NOBODY)
      return path
    }
    const init = [
      '-D',
      data,
      '-U',
      'queue',
      '-A',
      'scram-sha-256',
      '--pwfile',
      own('password', PASSWORD),
      '-N',
    ]
    await runTool('setpriv', [...asUser, '--', `${postgres}/initdb`, ...init], START_MS)
    const encrypted = tls
      ? [
          'ssl=on',
          `ssl_cert_file=${own('cert.pem', tls.cert)}`,
          `ssl_key_file=${own('key.pem', tls.key)}`,
        ]
      : []
    // A process that is killed loses nothing of what it has written: only a machine does.
    const settings = [
      ...encrypted,
      'fsync=off',
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
    ]
    const options = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]
    const program = ['--pdeathsig', 'KILL', '--', `${postgres}/postgres`, ...options]
    return {
      start: () => startProcess('setpriv', [...asUser, ...program]),
      ready: /database system is ready to accept connections/,
    }
  })
}

interface Program {
  start(): OwnedProcess
  ready: RegExp
}

async function serve(
  name: string,
  url: string,
  prepare: (folder: string) => Program | Promise<Program>,
): Promise<QueueServer> {
  const folder = mkdtempSync(join(tmpdir(), `plugin-flow-${name}-`))
  let running: OwnedProcess | undefined
  const sweep = () => {
    running?.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  const stop = async () => {
    untie()
    await running?.end(END_MS)
    rmSync(folder, { recursive: true, force: true })
  }
  const untie = endWithProcess(stop, sweep)
  try {
    const program = await prepare(folder)
    const start = async () => {
      running = program.start()
      await running.says(program.ready, START_MS)
    }
    await start()
    return {
      url,
      folder,
      start,
      stop,
      async kill() {
        running?.kill()
        await running?.end(END_MS)
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Everything that a server keeps. */
export function filesIn(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path))
}
