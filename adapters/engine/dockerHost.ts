import { EngineError } from '../../machines/errors.ts'

const DEFAULT_HOST = 'unix:///var/run/docker.sock'
const TCP_PORT = 2375
/** Linux takes 107 bytes for the path of a socket, macOS 103. */
const MAX_SOCKET_PATH = 107
const WAYS = 'write unix:///PATH, tcp://HOST:PORT or http://HOST:PORT'

/** Where an engine listens. `host` is how messages name it: no secret is ever in it. */
export type EngineAddress =
  | { host: string; socketPath: string }
  | { host: string; hostname: string; port: number }

/**
 * Reads a Docker host: `unix:///path`, `tcp://host:port` (port 2375 when none is given) or
 * `http://host:port` (port 80). An IPv6 address stands in brackets.
 *
 * @throws EngineError `invalid-option` for everything else
 */
export function parseHost(host: string): EngineAddress {
  const scheme = /^([a-z]+):\/\//.exec(host)?.[1]
  if (scheme === 'unix') return parseSocket(host)
  if (scheme === 'tcp' || scheme === 'http') return parseTcp(host, scheme)
  if (scheme === 'https') return refuse(host, 'TLS is not supported')
  if (scheme === 'ssh' || scheme === 'npipe') return refuse(host, `${scheme} is not supported`)
  return refuse(host, 'it is not an address that Docker knows')
}

/**
 * The host to use: the given one, else `DOCKER_HOST`, else Docker's own default.
 *
 * @throws EngineError `invalid-option` when the environment asks for TLS (`DOCKER_TLS_VERIFY`) on a
 * `tcp://` host: credentials would go over it in the clear
 */
export function resolveHost(
  explicit: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const host = explicit ?? (env.DOCKER_HOST || DEFAULT_HOST)
  if (host.startsWith('tcp://') && env.DOCKER_TLS_VERIFY) {
    return refuse(host, 'DOCKER_TLS_VERIFY asks for TLS, which is not supported')
  }
  return host
}

function parseSocket(host: string): EngineAddress {
  const socketPath = host.slice('unix://'.length)
  if (!/^\/[^\0-\x1f\x7f]+$/.test(socketPath)) return refuse(host, 'it names no absolute path')
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH) {
    return refuse(host, `a socket's path has at most ${MAX_SOCKET_PATH} bytes`)
  }
  return { host, socketPath }
}

function parseTcp(host: string, scheme: 'tcp' | 'http'): EngineAddress {
  const parts = /^[a-z]+:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\/?$/.exec(host)
  if (parts === null) return refuse(host, 'it is not HOST or HOST:PORT')
  const [, hostname = '', digits] = parts
  const port = digits === undefined ? defaultPort(scheme) : Number(digits)
  if (port < 1 || port > 65_535) return refuse(host, `${port} is not a port`)
  if (!URL.canParse(`http://${hostname}:${port}`))
    return refuse(host, 'it is not HOST or HOST:PORT')
  return { host: `${scheme}://${hostname}:${port}`, hostname, port }
}

function defaultPort(scheme: 'tcp' | 'http'): number {
  return scheme === 'tcp' ? TCP_PORT : 80
}

function refuse(host: string, why: string): never {
  throw new EngineError(
    'invalid-option',
    `the Docker host ${shown(host)} cannot be used: ${why}; ${WAYS}`,
  )
}

/** A host as a person may see it: one line, and without a password that somebody put into it. */
function shown(host: string): string {
  return JSON.stringify(host.replace(/\/\/[^/]*@/, '//…@').slice(0, 200))
}
