import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from '../../../machines/plugin.ts'
import { type Answer, askEngine } from './askEngine.ts'
import { type Ground, openGround } from './openGround.ts'
import { PRIVATE_MOUNTS } from './privateMounts.ts'
import { commandLine, isAlive, processesOf } from './processes.ts'
import { runTool } from './runTool.ts'
import { type OwnedProcess, startProcess } from './startProcess.ts'
import type { World } from './startWorld.ts'

/** A Docker Engine that may die and be started again: alone in its namespaces. */
export interface MortalEngine {
  /** As `docker -H` takes it. */
  readonly host: string
  readonly socketPath: string
  /** Everything of this engine is below it. */
  readonly folder: string
  /** Asks the engine itself. */
  api(method: string, path: string, body?: unknown): Promise<Answer>
  /** The plugins on the engine now. */
  plugins(): Promise<Plugin[]>
  /** SIGKILL for the engine alone, as when it crashes: plugins and their shims live on. */
  kill(): Promise<void>
  /** Starts it again on what it left, where it does not run. Resolves once it answers. */
  restart(): Promise<void>
  /** Gives the file system of its data root another size, which may not be less than what it holds. */
  resize(dataBytes: number): Promise<void>
  /** Bytes that its data root holds. */
  used(): number
  /** Command lines of the fixtures that run, whether the engine knows of them or not. */
  running(): string[]
  /** Ends every process and removes every file. May be called twice. */
  stop(): Promise<void>
}

const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 15_000

// As in `startEngine`; but the first process of the namespace is not the engine, which is to die. It
// waits for what that leaves behind, as an init does. The data root may be a file system of its own.
const HOLD = `${PRIVATE_MOUNTS}
if [ "$2" -gt 0 ]; then mount -t tmpfs -o "size=$2" tmpfs "$1/data"; fi
echo held
while :; do sleep 60 & wait; done`

/**
 * Starts an empty engine that knows the world's registries. Resolves once it answers; nothing is left
 * when that fails.
 *
 * @param dataBytes Size of the file system of its data root. Default: that of the machine.
 */
export async function startMortalEngine(world: World, dataBytes = 0): Promise<MortalEngine> {
  const ground = openGround(tmpdir())
  try {
    return await furnish(ground, join(world.folder, 'etc', 'certs.d'), dataBytes)
  } catch (error) {
    await ground.stop()
    throw error
  }
}

async function furnish(
  { folder, keep, stop }: Ground,
  certificates: string,
  dataBytes: number,
): Promise<MortalEngine> {
  cpSync(certificates, join(folder, 'etc', 'certs.d'), { recursive: true })
  mkdirSync(join(folder, 'data'))
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  const script = ['sh', '-c', HOLD, 'sh', folder, String(dataBytes)]
  const holder = startProcess('unshare', [...namespaces, ...script])
  let engine: OwnedProcess | undefined
  let starting: Promise<void> | undefined
  keep(holder, async () => {
    // It stops its plugins when it is asked; whatever is left goes with the namespace.
    await engine?.end(STOP_LIMIT_MS, childOf(engine.pid))
    holder.kill()
    await holder.end(STOP_LIMIT_MS)
  })
  await holder.says(/^held$/m, START_LIMIT_MS)
  const first = childOf(holder.pid) ?? 0
  const socketPath = join(folder, 'docker.sock')
  const api: MortalEngine['api'] = (method, path, body) => askEngine(socketPath, method, path, body)
  const start = async () => {
    if (engine) return
    starting ??= startDockerd(folder, first)
      .then((started) => {
        engine = started
      })
      .finally(() => {
        starting = undefined
      })
    await starting
  }
  await start()
  return {
    host: `unix://${socketPath}`,
    socketPath,
    folder,
    api,
    plugins: async () => JSON.parse((await api('GET', '/plugins')).text),
    async kill() {
      const dying = engine
      const dockerd = dying && childOf(dying.pid)
      if (!dying || !dockerd) throw new Error('the engine does not run')
      engine = undefined
      process.kill(dockerd, 'SIGKILL')
      await dying.end(STOP_LIMIT_MS)
    },
    restart: start,
    async resize(bytes) {
      const inside = ['--target', String(first), '--mount', '--']
      const data = join(folder, 'data')
      await runTool('nsenter', [...inside, 'mount', '-o', `remount,size=${bytes}`, data])
    },
    used() {
      const { blocks, bfree, bsize } = statfsSync(join(`/proc/${first}/root`, folder, 'data'))
      return (blocks - bfree) * bsize
    },
    running: () =>
      processesOf(folder)
        .filter(isAlive)
        .map(commandLine)
        .filter((line) => line.startsWith('/probe')),
    stop,
  }
}

async function startDockerd(folder: string, namespace: number): Promise<OwnedProcess> {
  // The number in it may be that of another process by now.
  rmSync(join(folder, 'dockerd.pid'), { force: true })
  const engine = startProcess('nsenter', [
    ...['--target', String(namespace), '--mount', '--pid', '--', 'dockerd'],
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')],
    ...['-p', join(folder, 'dockerd.pid'), '-H', `unix://${join(folder, 'docker.sock')}`],
    ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
    ...['--userland-proxy=false', '--shutdown-timeout', '3'],
  ])
  await engine.says(/API listen on/, START_LIMIT_MS)
  return engine
}

/** `unshare` and `nsenter` have one child each. */
function childOf(pid: number): number | undefined {
  const file = `/proc/${pid}/task/${pid}/children`
  const [child] = existsSync(file) ? readFileSync(file, 'utf8').split(' ') : []
  return child ? Number(child) : undefined
}
