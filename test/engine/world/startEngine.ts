import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Issued } from '../../support/certificates.ts'
import { freePort } from './freePort.ts'
import { PRIVATE_MOUNTS } from './privateMounts.ts'
import { type Keep, startProcess } from './startProcess.ts'

/** The certificate of an engine, and the authority that signs those of its clients. */
export interface EngineTls extends Pick<Issued, 'certFile' | 'keyFile'> {
  caFile: string
}

export interface Engine {
  readonly socketPath: string
  /** A loopback address on which clients need a certificate, as `docker -H` takes it. */
  readonly secureHost: string
  readonly dataRoot: string
  /** Where this engine looks for the certificates of registries. */
  readonly certificates: string
}

const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 15_000

// A process namespace of its own: when its first process goes, every plugin and shim goes too.
const SCRIPT = `${PRIVATE_MOUNTS}
exec dockerd --config-file "$1/daemon.json" --data-root "$1/data" --exec-root "$1/exec" \\
  -p "$1/dockerd.pid" -H "unix://$1/docker.sock" -H "$2" --bridge=none --iptables=false \\
  --ip6tables=false --ip-forward=false --userland-proxy=false --shutdown-timeout 3`

/** Starts a private Docker Engine whose every file is below `folder`. Resolves once it answers. */
export async function startEngine(folder: string, keep: Keep, tls: EngineTls): Promise<Engine> {
  const certificates = join(folder, 'etc', 'certs.d')
  mkdirSync(certificates, { recursive: true })
  const config = {
    tlsverify: true,
    tlscacert: tls.caFile,
    tlscert: tls.certFile,
    tlskey: tls.keyFile,
  }
  writeFileSync(join(folder, 'daemon.json'), JSON.stringify(config))
  const secureHost = `tcp://127.0.0.1:${await freePort()}`
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']
  const owned = startProcess('unshare', [
    ...namespaces,
    'sh',
    '-c',
    SCRIPT,
    'sh',
    folder,
    secureHost,
  ])
  // It stops its plugins and unmounts, in that order, when it is asked and not when it is killed.
  keep(owned, () => owned.end(STOP_LIMIT_MS, childOf(owned.pid)))
  await owned.says(/API listen on/, START_LIMIT_MS)
  return {
    socketPath: join(folder, 'docker.sock'),
    secureHost,
    dataRoot: join(folder, 'data'),
    certificates,
  }
}

/** `unshare` keeps signals to itself: the engine is its one child. */
function childOf(pid: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    return child ? Number(child) : undefined
  } catch {
    return undefined
  }
}
