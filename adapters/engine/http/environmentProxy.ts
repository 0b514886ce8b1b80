import { EngineError } from '../../../machines/errors.ts'
import type { Env } from '../../process/env.ts'
import { withoutBrackets } from './dockerHost.ts'
import { type Destination, isExcepted, isLoopback } from './noProxy.ts'

/** A proxy that a variable names. */
export interface EnvironmentProxy extends Destination {
  /** As messages name it, `HOST:PORT`: user and password are not in it. */
  name: string
  /** Which variable names it. */
  variable: string
  /** TLS is spoken with the proxy itself. */
  secure: boolean
  /** What is asked of it is the way to here, as `HOST:PORT`. */
  target: string
  /** Value of `Proxy-Authorization`: a secret. */
  authorization?: string
  /** What may not be shown. */
  secrets: readonly string[]
}

/** An engine on TCP; `secure`: TLS is spoken with it. */
export interface TcpEngine extends Destination {
  secure: boolean
}

/**
 * The proxy on the way to an engine on TCP, chosen as Go's `http.ProxyFromEnvironment` does it, which
 * Docker's own command uses: `HTTPS_PROXY` with TLS and `HTTP_PROXY` without, in capitals first, unless
 * `NO_PROXY` excepts the engine or it is on this host. `undefined` without one.
 *
 * @throws EngineError `invalid-option` naming a variable that names no HTTP proxy; never its value,
 * which may hold a password
 */
export function environmentProxy(engine: TcpEngine, env: Env): EnvironmentProxy | undefined {
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
function firstSet(env: Env, name: string): string | undefined {
  return [name, name.toLowerCase()].find((each) => env[each])
}

/** 127.1 is connected to as 127.0.0.1 is, and names are the same in whatever case. */
function canonical(host: string): string {
  return new URL(`http://${host}`).hostname
}

function refuse(variable: string, why: string): never {
  throw new EngineError('invalid-option', `the proxy in ${variable} cannot be used: ${why}`)
}
