import { posix, resolve } from 'node:path'
import { defined } from '../../../machines/defined.ts'
import { EngineError } from '../../../machines/errors.ts'
import { quoted } from '../../../machines/text.ts'

const TCP_PORT = 2375
const TLS_PORT = 2376
/** Linux takes 107 bytes for the path of a socket, macOS 103. */
const MAX_SOCKET_PATH = 107
const WAYS =
  'write unix:///PATH, tcp://HOST:PORT, http://HOST:PORT/PREFIX, https://HOST:PORT/PREFIX, ssh://USER@HOST:PORT or npipe:////./pipe/NAME'

/** How an engine is reached through a program that speaks SSH. */
export interface SshHost {
  user?: string
  hostname: string
  port?: string
  /** Of the socket on that host, where it is not the default one. */
  path?: string
}

/** Where an engine listens. `host` is how messages name it: no secret is ever in it. */
export type EngineAddress =
  | { host: string; socketPath: string }
  | { host: string; hostname: string; port: number; prefix: string; secure: boolean }
  | { host: string; ssh: SshHost }

export interface HostOptions {
  /** TLS is asked for. Default `false`. */
  secure?: boolean
  platform?: NodeJS.Platform
}

/** Far longer than a name and a path. A context that was imported may hold any. */
const LONGEST = 4_096

/** Where Docker's own command looks for an engine when none is named. */
export function defaultHost(platform: NodeJS.Platform): string {
  return platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock'
}

/**
 * Adds what may be left out of `--host` and `DOCKER_HOST`, as docker/cli's `opts.ParseHost` does: without a scheme a
 * path is that of a socket, and anything else a TCP address; a host or a path that is left out is the default one.
 * A relative path is made absolute, because another process may take up the run from another folder.
 */
export function completeHost(text: string): string {
  const host = text.trim()
  const [, scheme = /^\.?\//.test(host) ? 'unix' : 'tcp', rest = ''] =
    /^(?:([^:]*):\/\/)?(.*)$/s.exec(host) as RegExpExecArray
  switch (scheme) {
    case 'tcp':
      return `tcp://${rest.replace(/^(?=(?::\d*)?(?:\/|$))/, 'localhost').replace(/^([^/]*):(?=\/|$)/, '$1')}`
    case 'unix':
      if (rest === '') return defaultHost('linux')
      return posix.isAbsolute(rest) ? `unix://${rest}` : `unix://${resolve(rest)}`
    case 'npipe':
      return rest === '' ? defaultHost('win32') : host
    default:
      return host
  }
}

/** Whether TLS can be spoken with a host, by its scheme. */
export function takesTls(host: string): boolean {
  return /^(?:tcp|https?):\/\//.test(host)
}

/**
 * Reads a Docker host: `unix:///path`, `tcp://host:port` (port 2375, with TLS 2376, when none is given),
 * `http://host:port` (80) and `https://host:port` (443), each of the three with a path before that of the
 * API, `ssh://user@host:port/path`, and on Windows `npipe:////./pipe/name`. An IPv6 address stands in
 * brackets.
 *
 * @throws EngineError `invalid-option` for everything else, and for TLS where it cannot be spoken
 */
export function parseHost(host: string, options: HostOptions = {}): EngineAddress {
  const { secure = false, platform = process.platform } = options
  if (host.length > LONGEST) refuse(host, `it is longer than ${LONGEST} characters`)
  const scheme = /^([a-z]+):\/\//.exec(host)?.[1]
  switch (scheme) {
    case 'tcp':
      return parseTcp(host, secure, secure ? TLS_PORT : TCP_PORT)
    case 'https':
      return parseTcp(host, true, 443)
    case 'http':
      if (secure) return refuse(host, 'TLS is asked for, and http:// has none')
      return parseTcp(host, false, 80)
  }
  if (secure) return refuse(host, 'TLS is asked for, and only tcp:// and https:// have it')
  if (scheme === 'unix') return parseSocket(host)
  if (scheme === 'ssh') return parseSsh(host)
  if (scheme === 'npipe') return parsePipe(host, platform)
  return refuse(host, 'it is not an address that Docker knows')
}

function parseSocket(host: string): EngineAddress {
  const socketPath = host.slice('unix://'.length)
  if (!/^\/[^\0-\x1f\x7f]+$/.test(socketPath)) return refuse(host, 'it names no absolute path')
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH) {
    return refuse(host, `a socket's path has at most ${MAX_SOCKET_PATH} bytes`)
  }
  return { host, socketPath }
}

/** Node.js takes the path of a pipe with the slashes of Windows. */
function parsePipe(host: string, platform: NodeJS.Platform): EngineAddress {
  const [, server, name] = /^npipe:\/\/\/\/([\w.-]+)\/pipe\/([^\0-\x1f\x7f\\/]+)$/.exec(host) ?? []
  if (name === undefined) return refuse(host, 'it is not npipe:////./pipe/NAME')
  if (platform !== 'win32') return refuse(host, 'named pipes are on Windows only')
  return { host, socketPath: `\\\\${server}\\pipe\\${name}` }
}

const TCP =
  /^[a-z]+:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?((?:\/[\w.~!$&'()*+,;=:@-]+)*)\/?$/

function parseTcp(host: string, secure: boolean, defaultPort: number): EngineAddress {
  const parts = TCP.exec(host)
  if (parts === null) return refuse(host, 'it is not HOST, HOST:PORT or HOST:PORT/PREFIX')
  const [, hostname = '', digits, prefix = ''] = parts
  const port = digits === undefined ? defaultPort : Number(digits)
  if (port < 1 || port > 65_535) return refuse(host, `${port} is not a port`)
  if (!URL.canParse(`http://${hostname}:${port}`)) {
    return refuse(host, 'it is not HOST, HOST:PORT or HOST:PORT/PREFIX')
  }
  if (/\/\.{1,2}(?:\/|$)/.test(prefix)) return refuse(host, 'its path goes up or nowhere')
  if (/\/v\d+\.\d+$/.test(prefix)) {
    return refuse(host, 'the version of the API is agreed on with the engine: leave it out')
  }
  const scheme = host.slice(0, host.indexOf(':'))
  return { host: `${scheme}://${hostname}:${port}${prefix}`, hostname, port, prefix, secure }
}

// A name that begins with a hyphen would be an option to ssh.
const SSH =
  /^ssh:\/\/(?:([A-Za-z0-9_][\w.@\\+-]*)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_][\w.-]*)(?::(\d{1,5}))?(\/[^\0-\x1f\x7f?#]*)?$/

function parseSsh(host: string): EngineAddress {
  if (/^ssh:\/\/[^/@]*:[^/]*@/.test(host)) return refuse(host, 'a password has no place in it')
  const parts = SSH.exec(host)
  if (parts === null) return refuse(host, 'it is not USER@HOST:PORT or USER@HOST:PORT/PATH')
  const [, user, hostname = '', port, path = '/'] = parts
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) {
    return refuse(host, `${port} is not a port`)
  }
  return {
    host: path === '/' ? host.replace(/\/$/, '') : host,
    ssh: {
      hostname: withoutBrackets(hostname),
      ...defined({ user, port, path: path === '/' ? undefined : path }),
    },
  }
}

/** An IPv6 address as sockets and TLS take it. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function refuse(host: string, why: string): never {
  throw new EngineError(
    'invalid-option',
    `the Docker host ${shown(host)} cannot be used: ${why}; ${WAYS}`,
  )
}

/** A host as a person may see it: one line, and without what somebody may have put into it as secret. */
function shown(host: string): string {
  const [begin, end] = [host.indexOf('//'), host.lastIndexOf('@')]
  const open = begin === -1 || end < begin ? host : `${host.slice(0, begin)}//…${host.slice(end)}`
  return quoted(open.replace(/([?#]).*$/s, '$1…'))
}
