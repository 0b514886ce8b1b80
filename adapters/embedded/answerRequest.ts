import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError, EngineDied } from './apiError.ts'
import { findRoute } from './engineRoutes.ts'
import { Exchange } from './exchange.ts'
import { errorLine } from './progressLines.ts'
import type { SimulatedEngine } from './simulatedEngine.ts'
import { API_VERSION, MIN_API_VERSION, SERVER } from './systemAnswers.ts'

/** Below this version errors are plain text. */
const JSON_ERRORS_SINCE = '1.24'

/** Answers one request; settles when nothing of it is left to do, and never rejects. */
export async function answerRequest(
  engine: SimulatedEngine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = '', query = ''] = String(request.url).split(/\?(.*)/s)
  const route = findRoute(String(request.method), path)
  const exchange = new Exchange(request, response, route?.name ?? '', new URLSearchParams(query))
  if (!route) {
    exchange.json(404, { message: 'page not found' })
    return
  }
  const { version = API_VERSION, operation } = route
  response.setHeader('Api-Version', API_VERSION)
  response.setHeader('Ostype', 'linux')
  response.setHeader('Server', SERVER)
  try {
    demandVersion(version)
    response.setHeader('Docker-Experimental', String(engine.experimental))
    await operation(engine, exchange)
  } catch (error) {
    if (error instanceof EngineDied) response.destroy()
    else refuse(exchange, error as Error, version)
  }
}

/** Goes nowhere when the client has gone or the embedded engine closes. */
function refuse(exchange: Exchange, error: Error, version: string): void {
  const { response } = exchange
  const status = error instanceof ApiError ? error.status : 500
  if (response.headersSent) {
    response.end(errorLine(error.message))
  } else if (isOlder(version, JSON_ERRORS_SINCE)) {
    response.setHeader('X-Content-Type-Options', 'nosniff')
    exchange.text(status, `${error.message}\n`)
  } else exchange.json(status, { message: error.message })
}

function demandVersion(version: string): void {
  if (isOlder(version, MIN_API_VERSION)) {
    throw new ApiError(
      400,
      `client version ${version} is too old. Minimum supported API version is ${MIN_API_VERSION}, please upgrade your client to a newer version`,
    )
  }
  if (isOlder(API_VERSION, version)) {
    throw new ApiError(
      400,
      `client version ${version} is too new. Maximum supported API version is ${API_VERSION}`,
    )
  }
}

function isOlder(one: string, other: string): boolean {
  const [[major = 0, minor = 0], [otherMajor = 0, otherMinor = 0]] = [one, other].map((version) =>
    version.split('.').map(Number),
  ) as [number[], number[]]
  return major === otherMajor ? minor < otherMinor : major < otherMajor
}
