import { existsSync, readFileSync } from 'node:fs'
import { installPackages, updatePackages } from './aptGet.ts'
import { ENGINE_FROM, runTool, SEARCH_PATH, UNPACKED } from './runTool.ts'
import { unpackEngine } from './unpackEngine.ts'

/** Whether this machine can run the world of a real engine, and if not, why and what to do. */
export type Availability = { ready: true } | { ready: false; reason: string; remedy: string }

const PACKAGES = [
  ...['docker.io', 'docker-registry', 'runc', 'containerd', 'gcc', 'libc6-dev', 'apache2-utils'],
  ...['openssl', 'openssh-server', 'openssh-client'],
]
/** Docker's command, where it is not a part of docker.io. */
const CLI_PACKAGE = 'docker-cli'
const COMMANDS = [
  ...['dockerd', 'docker', 'containerd', 'runc', 'docker-registry', 'gcc', 'htpasswd', 'openssl'],
  ...['sshd', 'ssh', 'ssh-keygen', 'tar', 'setpriv', 'unshare', 'mount'],
]
const CAP_SYS_ADMIN = 21n

/**
 * Finds the engine, the registry and the compiler that the world is made of, and installs Debian's
 * packages where one is missing. Nothing is started, and nothing is asked of a network when all is
 * there. With `ENGINE_FROM=RELEASE` the engine is that of another release of Debian, unpacked and not installed. Never
 * rejects.
 */
export async function installEngine(): Promise<Availability> {
  if (process.platform !== 'linux') return refuse('needs Linux', 'run it in a Linux machine')
  if (process.getuid?.() !== 0) return refuse('needs root', 'run it as root')
  if (!mayMount()) {
    return refuse('needs CAP_SYS_ADMIN', 'run it outside a container, or in one with --privileged')
  }
  try {
    if (ENGINE_FROM) await unpackEngine(ENGINE_FROM, UNPACKED)
  } catch (error) {
    return refuse(`no engine of ${ENGINE_FROM}: ${lastLine(error)}`, 'unset ENGINE_FROM')
  }
  const missing = await findMissing()
  if (missing.length === 0) return { ready: true }
  const remedy = `apt-get install --no-install-recommends ${PACKAGES.join(' ')}`
  if (!findCommand('apt-get')) return refuse(`no apt-get, and no ${missing.join(', ')}`, remedy)
  try {
    await updatePackages()
    await installPackages((await isPackage(CLI_PACKAGE)) ? [...PACKAGES, CLI_PACKAGE] : PACKAGES)
  } catch (error) {
    return refuse(`apt-get failed: ${lastLine(error)}`, remedy)
  }
  const left = await findMissing()
  return left.length === 0 ? { ready: true } : refuse(`still no ${left.join(', ')}`, remedy)
}

async function findMissing(): Promise<string[]> {
  const missing = COMMANDS.filter((command) => !findCommand(command))
  // A compiler without the static C library builds nothing that runs in an empty root.
  if (!missing.includes('gcc') && !(await hasStaticLibrary())) missing.push('libc.a')
  return missing
}

function findCommand(command: string): boolean {
  return SEARCH_PATH.split(':').some((folder) => existsSync(`${folder}/${command}`))
}

async function hasStaticLibrary(): Promise<boolean> {
  return String(await runTool('gcc', ['-print-file-name=libc.a'])).startsWith('/')
}

function mayMount(): boolean {
  const [, effective = '0'] =
    /^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return ((BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) & 1n) === 1n
}

async function isPackage(name: string): Promise<boolean> {
  return runTool('apt-cache', ['show', name]).then(
    () => true,
    () => false,
  )
}

function refuse(reason: string, remedy: string): Availability {
  return { ready: false, reason, remedy }
}

function lastLine(error: unknown): string {
  const { stderr = '', message = '' } = error as { stderr?: Buffer | string; message?: string }
  return (String(stderr).trim() || message.trim()).split('\n').at(-1) ?? ''
}
