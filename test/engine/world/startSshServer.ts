import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './freePort.ts'
import { runTool, SEARCH_PATH } from './runTool.ts'
import { startProcess } from './startProcess.ts'

/** An SSH server with keys of its own, and an `ssh` command that knows it. */
export interface SshServer {
  readonly port: number
  /** Every file of it is below. */
  readonly folder: string
  /** An environment in which `ssh` is the system's, with a configuration and a key of the test's. */
  readonly env: { PATH: string }
  /** Whom the server lets in. */
  readonly authorizedKeys: string
  /** Hosts that `ssh` trusts, as it reads them. */
  readonly knownHosts: string
  /** The line of `knownHosts` for this server. */
  readonly hostLine: string
  stop(): Promise<void>
}

const START_LIMIT_MS = 20_000
const STOP_LIMIT_MS = 5_000

// A mount namespace of its own: what the server needs below /run is nowhere else, and what the user has
// the shell do at its start is not done.
const SCRIPT = `set -e
mount -t tmpfs tmpfs ~root
mount -t tmpfs tmpfs /run
mkdir /run/sshd
exec "$(command -v sshd)" -D -e -f "$1/sshd_config"`

/**
 * Starts OpenSSH's server on a free loopback port, for the user of the test. Programs over there find
 * their engine by `dockerHost`.
 */
export async function startSshServer(parent: string, dockerHost: string): Promise<SshServer> {
  const folder = mkdtempSync(join(parent, 'ssh-'))
  const port = await freePort()
  await Promise.all([makeKey(join(folder, 'host')), makeKey(join(folder, 'user'))])
  writeFileSync(join(folder, 'sshd_config'), serverConfig(folder, port, dockerHost))
  const authorizedKeys = join(folder, 'authorized_keys')
  writeFileSync(authorizedKeys, readFileSync(join(folder, 'user.pub')))
  const [type, key] = readFileSync(join(folder, 'host.pub'), 'utf8').split(' ')
  const hostLine = `[127.0.0.1]:${port} ${type} ${key}\n`
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, hostLine)
  const clientConfig = join(folder, 'ssh_config')
  const owned = startProcess('unshare', ['--mount', 'sh', '-c', SCRIPT, 'sh', folder])
  try {
    await owned.says(/Server listening on/, START_LIMIT_MS)
  } catch (error) {
    await owned.end(STOP_LIMIT_MS)
    throw error
  }
  return {
    port,
    folder,
    env: { PATH: `${makeClient(folder, clientConfig)}:${SEARCH_PATH}` },
    authorizedKeys,
    knownHosts,
    hostLine,
    stop: () => owned.end(STOP_LIMIT_MS),
  }
}

async function makeKey(file: string): Promise<void> {
  await runTool('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file])
}

function serverConfig(folder: string, port: number, dockerHost: string): string {
  return `ListenAddress 127.0.0.1
Port ${port}
HostKey ${folder}/host
PidFile none
AuthorizedKeysFile ${folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
SetEnv DOCKER_HOST=${dockerHost} PATH=${SEARCH_PATH}
`
}

/** `ssh` reads the files of the user it runs as, whatever HOME says: so it is given others. */
function makeClient(folder: string, config: string): string {
  const programs = join(folder, 'bin')
  mkdirSync(programs)
  writeFileSync(
    config,
    `IdentityFile ${folder}/user
IdentitiesOnly yes
UserKnownHostsFile ${folder}/known_hosts
GlobalKnownHostsFile /dev/null
`,
  )
  const script = `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`
  writeFileSync(join(programs, 'ssh'), script, { mode: 0o755 })
  return programs
}
