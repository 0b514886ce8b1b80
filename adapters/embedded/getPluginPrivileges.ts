import { computePrivileges } from '../../machines/privileges.ts'
import { canonicalName } from '../../machines/reference.ts'
import { ApiError, EngineDied } from './apiError.ts'
import type { Exchange } from './exchange.ts'
import { decodeRegistryAuth } from './registryAccess.ts'
import { lookUp, parseRemote } from './registryLookup.ts'
import type { SimulatedEngine } from './simulatedEngine.ts'

/**
 * `GET /plugins/privileges`. `[]` says that the engine could not look, `null` that nothing is asked
 * for (`privileges.auth-none`, `privileges.plain`).
 */
export function getPluginPrivileges(engine: SimulatedEngine, exchange: Exchange): void {
  const reference = parseRemote(exchange.query.get('remote') ?? '')
  const found = lookUp(engine.registries, reference, decodeRegistryAuth(exchange.auth))
  if ('problem' in found) {
    exchange.json(200, [])
    return
  }
  if (reference.digest !== undefined) throw new EngineDied()
  const { kind, config, damage, shownPrivileges } = found.content
  if (kind !== 'plugin') {
    const name = canonicalName(reference)
    throw new ApiError(500, `did not find plugin config for specified reference ${name}`)
  }
  const unreadable = damage === 'config-missing' || damage === 'config-not-json'
  const privileges = shownPrivileges ?? computePrivileges(config)
  exchange.json(200, unreadable ? [] : privileges.length === 0 ? null : privileges)
}
