import type { PluginEngine } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import { crashesOnDigest } from './api/digestCrash.ts'
import { distributionInspect } from './api/distributionInspect.ts'
import { getPluginPrivileges } from './api/getPluginPrivileges.ts'
import { pluginDelete } from './api/pluginDelete.ts'
import { pluginEnable } from './api/pluginEnable.ts'
import { pluginInspect } from './api/pluginInspect.ts'
import { pluginPull } from './api/pluginPull.ts'
import { pluginSet } from './api/pluginSet.ts'
import { systemVersion } from './api/systemVersion.ts'
import type { EngineConnection } from './http/connectEngine.ts'
import { cancelled, negotiate } from './negotiate.ts'
import { shareOnce } from './shareOnce.ts'
import type { Operation } from './words/operation.ts'

/**
 * The engine behind a connection as the port that the flow needs. The API version is agreed on with
 * the first call and kept. `authHeader` is asked at every call that reaches a registry; `undefined`
 * sends no credentials.
 */
export function pluginEngine(
  connection: EngineConnection,
  authHeader: () => string | undefined,
): PluginEngine {
  const { ping, versioned } = negotiate(connection)
  const ownVersion = shareOnce(
    async (signal) => (await ping(signal)).version ?? systemVersion(connection, signal),
    cancelled(connection, 'systemVersion'),
  )
  const refuseCrash = async (operation: Operation, remote: string, signal: AbortSignal) => {
    if (!remote.includes('@')) return
    const version = await ownVersion(signal)
    if (version === undefined || !crashesOnDigest(version)) return
    throw new EngineError(
      'engine-unsupported',
      `the engine at ${connection.host} (${version}) would crash on a reference with a digest: ${remote}`,
      { operation },
    )
  }
  return {
    systemPing: ping,
    async getPluginPrivileges(remote, signal) {
      await refuseCrash('getPluginPrivileges', remote, signal)
      const input = { remote, registryAuth: authHeader() }
      return getPluginPrivileges(await versioned(signal), input, signal)
    },
    async distributionInspect(remote, signal) {
      const input = { remote, registryAuth: authHeader() }
      return distributionInspect(await versioned(signal), input, signal)
    },
    async pluginInspect(name, signal) {
      return pluginInspect(await versioned(signal), { name }, signal)
    },
    async pluginPull(request, signal) {
      await refuseCrash('pluginPull', request.remote, signal)
      const input = { ...request, registryAuth: authHeader() }
      return pluginPull(await versioned(signal), input, signal)
    },
    async pluginSet(name, settings, signal) {
      return pluginSet(await versioned(signal), { name, settings }, signal)
    },
    async pluginEnable(name, timeout, signal) {
      return pluginEnable(await versioned(signal), { name, timeout }, signal)
    },
    async pluginDelete(name, { force }, signal) {
      return pluginDelete(await versioned(signal), { name, force }, signal)
    },
  }
}
