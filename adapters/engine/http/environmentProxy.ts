import { BlockList, isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { EngineError } from '../../../machines/errors.ts'
import { withoutBrackets } from './dockerHost.ts'

/** A proxy that a variable names. */
export interface EnvironmentProxy extends Destination {
  /** As messages name it, `HOST:PORT`: user and password are not in it. */
  name: string
  /** Which variable names it. */
  variable: string
  /** TLS is spoken with the proxy itself. */
  secure: boolean
  /** The address to which it is asked for a way, as `HOST:PORT`. */
  target: string
  /** Value of `Proxy-Authorization`: a secret. */
  authorization?: string
  /** Texts that may not be shown. */
  secrets: readonly string[]
}

/**
 * The proxy on the way to an engine on TCP, chosen as Go's `http.ProxyFromEnvironment` does it, which
 * Docker's own command uses: `HTTPS_PROXY` with TLS and `HTTP_PROXY` without, in capitals first, unless
 * `NO_PROXY` excepts the engine or it is on this host. `undefined` without one.
 *
 * @param engine `secure`: TLS is spoken with it
 * @throws EngineError `invalid-option` naming a variable that names no HTTP proxy; never its value,
 * which may hold a password
 */
export function environmentProxy(
  engine: Destination & { secure: boolean },
  env: NodeJS.ProcessEnv,
): EnvironmentProxy | undefined {
  const hostname = canonical(engine.hostname)
  const variable = firstSet(env, engine.secure ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  if (variable === undefined || isLoopback(withoutBrackets(hostname))) return undefined
  const excepted = firstSet(env, 'NO_PROXY')
  const destination = { hostname: withoutBrackets(hostname), port: engine.port }
  if (excepted !== undefined && isExcepted(destination, String(env[excepted]))) return undefined
  // A header `Proxy` of a request becomes HTTP_PROXY for what a web server runs (CVE-2016-5386).
  if (!engine.secure && env.REQUEST_METHOD) {
    return refuse(variable, 'a request to a web server may have set it (REQUEST_METHOD is set)')
  }
  return { ...readProxy(variable, String(env[variable])), target: `${hostname}:${engine.port}` }
}

const PROXY =
  /^(?:(https?):\/\/)?(?:([^\s/?#]*)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?\/?$/i

function readProxy(variable: string, value: string): Omit<EnvironmentProxy, 'target'> {
  const [whole, scheme = 'http', credentials = '', host = '', digits] = PROXY.exec(value) ?? []
  const secure = scheme.toLowerCase() === 'https'
  const port = Number(digits ?? (secure ? 443 : 80))
  if (whole === undefined || port < 1 || port > 65_535 || !URL.canParse(`http://${host}`)) {
    return refuse(variable, 'it is not http://USER:PASSWORD@HOST:PORT, https://… or HOST:PORT')
  }
  const hostname = canonical(host)
  return {
    name: `${hostname}:${port}`,
    variable,
    hostname: withoutBrackets(hostname),
    port,
    secure,
    secrets: [],
    ...(credentials === '' ? {} : readCredentials(variable, credentials)),
  }
}

function readCredentials(variable: string, credentials: string) {
  const [user = ''] = credentials.split(':', 1)
  const given = credentials.slice(user.length + 1)
  const [name, password] = [decoded(variable, user), decoded(variable, given)]
  const token = Buffer.from(`${name}:${password}`).toString('base64')
  // A name alone is as often a token.
  const secret = password === '' ? [name, user] : [password, given]
  return { authorization: `Basic ${token}`, secrets: [token, ...secret] }
}

function decoded(variable: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse(variable, 'a % in its user or its password is not written as %25')
  }
}

/** In capitals first; an empty one does not count. */
function firstSet(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return [name, name.toLowerCase()].find((each) => env[each])
}

/** 127.1 is connected to as 127.0.0.1 is, and names are the same in whatever case. */
function canonical(host: string): string {
  return new URL(`http://${host}`).hostname
}

function refuse(variable: string, why: string): never {
  throw new EngineError('invalid-option', `the proxy in ${variable} cannot be used: ${why}`)
}

/** Where something listens. An IPv6 address is without its brackets, a name in lower case. */
export interface Destination {
  hostname: string
  port: number
}

/**
 * Whether a list such as `NO_PROXY` excepts a destination, as Go reads it: names with what is below
 * them, `.name` and `*.name` without the name itself, IP addresses, each of them with `:PORT` where only
 * that port is meant, networks as `10.0.0.0/8`, and `*` for everything.
 *
 * Source: golang.org/x/net/http/httpproxy, `Config.NoProxy`.
 */
export function isExcepted(destination: Destination, noProxy: string): boolean {
  return noProxy.split(',').some((entry) => fits(entry.trim().toLowerCase(), destination))
}

/** Go never takes a proxy to this host itself, whatever the variables say. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname.replace(/\.$/, '') === 'localhost' ||
    isWithin(hostname, '127.0.0.0', 8) ||
    isWithin(hostname, '::1')
  )
}

function fits(entry: string, { hostname, port }: Destination): boolean {
  if (entry === '*') return true
  const [, network = '', bits] = /^([\da-f.:]+)\/(\d{1,3})$/.exec(entry) ?? []
  if (bits !== undefined) return isWithin(hostname, network, Number(bits))
  // Brackets are for an address with a port: without one Go takes them for a part of a name.
  const [, bracketed, plain, only] = /^(?:\[([^\]]*)\](?=:)|([^:]*))(?::(\d*))?$/.exec(entry) ?? []
  const host = bracketed ?? plain ?? entry
  if (only && only !== String(port)) return false
  return isIP(host) ? isWithin(hostname, host) : isNamed(hostname, host.replace(/^\*\./, '.'))
}

function isNamed(hostname: string, name: string): boolean {
  if (name === '') return false
  const bare = name.replace(/^\./, '')
  const ascii = /^[\0-\x7f]*$/.test(bare) ? bare : domainToASCII(bare) || bare
  return hostname.endsWith(`.${ascii}`) || (bare === name && hostname === ascii)
}

/** @param bits of the network that count. Default: all, which is one address */
function isWithin(hostname: string, network: string, bits?: number): boolean {
  const [own, other] = [familyOf(hostname), familyOf(network)]
  if (own === undefined || other === undefined) return false
  const most = other === 'ipv4' ? 32 : 128
  if (bits !== undefined && bits > most) return false
  const networks = new BlockList()
  networks.addSubnet(network, bits ?? most, other)
  return networks.check(hostname, own)
}

function familyOf(hostname: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(hostname)
  return version === 0 ? undefined : `ipv${version as 4 | 6}`
}
