import {
  ApiError,
  EngineDied,
  type EngineReply,
  type EngineRequest,
  Exchange,
  errorLine,
} from './exchange.ts'
import { pluginRoutes } from './pluginOperations.ts'
import { registryRoutes } from './registryOperations.ts'
import type { SimulatedEngine } from './simulatedEngine.ts'
import { API_VERSION, MIN_API_VERSION, SERVER, systemRoutes } from './systemAnswers.ts'
import { useRoutes } from './useOperations.ts'

const routes = [...systemRoutes, ...registryRoutes, ...useRoutes, ...pluginRoutes]

/** Below this version errors are plain text. */
const JSON_ERRORS_SINCE = '1.24'

/** Answers one request; settles when no work is left for it, and never rejects. */
export async function answerRequest(
  engine: SimulatedEngine,
  request: EngineRequest,
  reply: EngineReply,
): Promise<void> {
  const route = findRoute(request)
  const exchange = new Exchange(request, reply, route?.name)
  if (!route) {
    exchange.json(404, { message: 'page not found' })
    return
  }
  const { version = API_VERSION, operation } = route
  exchange.header('Api-Version', API_VERSION)
  exchange.header('Ostype', 'linux')
  exchange.header('Server', SERVER)
  try {
    demandVersion(version)
    exchange.header('Docker-Experimental', String(engine.experimental))
    await operation(engine, exchange)
  } catch (error) {
    if (error instanceof EngineDied) exchange.drop()
    else refuse(exchange, error as Error, version)
  }
}

function findRoute({ method, url }: EngineRequest) {
  const [path = ''] = url.split('?')
  const version = /^\/v([\d.]+)\//.exec(path)?.[1]
  const rest = decodePath(version === undefined ? path : path.slice(`/v${version}`.length))
  for (const [wanted, pattern, operation] of routes) {
    const match = wanted === method ? pattern.exec(rest) : null
    if (match) return { operation, name: match[1] ?? '', version }
  }
  return undefined
}

/** A path with an invalid escape matches no route. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}

/** Has no effect once the client has gone or the embedded engine closes. */
function refuse(exchange: Exchange, error: Error, version: string): void {
  const status = error instanceof ApiError ? error.status : 500
  if (exchange.hasBegun) exchange.end(errorLine(error.message))
  else if (isOlder(version, JSON_ERRORS_SINCE)) {
    exchange.header('X-Content-Type-Options', 'nosniff')
    exchange.text(status, `${error.message}\n`)
  } else exchange.json(status, { message: error.message })
}

function demandVersion(version: string): void {
  const refuseVersion = (why: string) => new ApiError(400, `client version ${version} is ${why}`)
  if (isOlder(version, MIN_API_VERSION)) {
    throw refuseVersion(
      `too old. Minimum supported API version is ${MIN_API_VERSION}, please upgrade your client to a newer version`,
    )
  }
  if (isOlder(API_VERSION, version)) {
    throw refuseVersion(`too new. Maximum supported API version is ${API_VERSION}`)
  }
}

function isOlder(one: string, other: string): boolean {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [one, other].map((version) =>
    version.split('.').map(Number),
  ) as [number[], number[]]
  return major === otherMajor ? minor < otherMinor : major < otherMajor
}
