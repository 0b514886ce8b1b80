import { isEngineError } from '../errors.ts'
import type { PluginEngine, PullRequest, PullResult } from '../ports.ts'

/**
 * Pulls, and tells the truth about a pull that failed: some engines mask why a registry refused (recording
 * `pull.auth-none`), which the look-up of the content tells.
 */
export async function pullPlugin(
  engine: PluginEngine,
  request: PullRequest,
  signal: AbortSignal,
): Promise<PullResult> {
  try {
    return await engine.pluginPull(request, signal)
  } catch (error) {
    if (!isEngineError(error) || error.code !== 'registry-unreachable') throw error
    throw await truthBehind(error, engine, request.remote, signal)
  }
}

async function truthBehind(
  error: Error,
  engine: PluginEngine,
  remote: string,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    await engine.distributionInspect(remote, signal)
    return error
  } catch (truth) {
    const tells = isEngineError(truth) && ['unauthorized', 'not-found'].includes(truth.code)
    return tells ? truth : error
  }
}
