import { distributionInspect } from './distributionInspect.ts'
import type { Exchange } from './exchange.ts'
import { getPluginPrivileges } from './getPluginPrivileges.ts'
import { pluginDelete, pluginDisable, pluginEnable, pluginSet } from './pluginLifecycle.ts'
import { pluginInspect, pluginList } from './pluginList.ts'
import { pluginPull, pluginUpgrade } from './pluginPull.ts'
import type { SimulatedEngine } from './simulatedEngine.ts'
import { systemInfo, systemPing, systemVersion } from './systemAnswers.ts'

type Operation = (engine: SimulatedEngine, exchange: Exchange) => void | Promise<void>

/** Method, path below the version, operation. A name in a path keeps its slashes and colons. */
const routes: readonly (readonly [method: string, path: RegExp, operation: Operation])[] = [
  ['GET', /^\/_ping$/, systemPing],
  ['HEAD', /^\/_ping$/, systemPing],
  ['GET', /^\/version$/, systemVersion],
  ['GET', /^\/info$/, systemInfo],
  ['GET', /^\/plugins$/, pluginList],
  ['GET', /^\/plugins\/privileges$/, getPluginPrivileges],
  ['GET', /^\/plugins\/(.+)\/json$/, pluginInspect],
  ['POST', /^\/plugins\/pull$/, pluginPull],
  ['POST', /^\/plugins\/(.+)\/set$/, pluginSet],
  ['POST', /^\/plugins\/(.+)\/enable$/, pluginEnable],
  ['POST', /^\/plugins\/(.+)\/disable$/, pluginDisable],
  ['POST', /^\/plugins\/(.+)\/upgrade$/, pluginUpgrade],
  ['DELETE', /^\/plugins\/(.+)$/, pluginDelete],
  ['GET', /^\/distribution\/(.+)\/json$/, distributionInspect],
]

export interface Route {
  operation: Operation
  name: string
  /** API version that the path names, if it names one. */
  version: string | undefined
}

/** `path` without its query. */
export function findRoute(method: string, path: string): Route | undefined {
  const version = /^\/v([\d.]+)\//.exec(path)?.[1]
  const rest = decodePath(version === undefined ? path : path.slice(`/v${version}`.length))
  for (const [wanted, pattern, operation] of routes) {
    const match = wanted === method ? pattern.exec(rest) : null
    if (match) return { operation, name: match[1] ?? '', version }
  }
  return undefined
}

/** A path with a broken escape is no path of the API. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}
