import type { PluginPrivilege } from '../../machines/plugin.ts'
import {
  canonicalName,
  familiarName,
  localName,
  type PluginReference,
  parseReference,
} from '../../machines/reference.ts'
import { ApiError, EngineDied } from './apiError.ts'
import { demandConsent } from './consent.ts'
import type { EmbeddedPlugin } from './definePlugin.ts'
import type { Exchange } from './exchange.ts'
import { fetchLayers } from './fetchLayers.ts'
import { parseGranted } from './grantedPrivileges.ts'
import { messageLine } from './progressLines.ts'
import { decodeRegistryAuth } from './registryAccess.ts'
import { pullFailure } from './registryFailures.ts'
import { lookUp, parseRemote } from './registryLookup.ts'
import type { SimulatedEngine } from './simulatedEngine.ts'

interface PullRequest {
  reference: PluginReference
  /** As `Docker-Plugin-Name` tells it. */
  name: string
  granted: PluginPrivilege[]
}

/** `POST /plugins/pull` */
export async function pluginPull(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
  const { reference, name, granted } = await readRequest(exchange, exchange.query.get('name') ?? '')
  const { store } = engine
  // An alias that names docker.io is told as it was given and stored without.
  const stored = familiarName(parseReference(name) as PluginReference)
  await store.whilePulling(async () => {
    store.demandFree(stored)
    const content = await fetchContent(engine, exchange, reference)
    demandConfig(content)
    // Another pull may have taken the name meanwhile (`pull.two-at-once`).
    store.demandFree(stored)
    demandGrant(content, granted)
    store.add(stored, canonicalName(reference), content)
  })
  exchange.response.end()
}

/** `POST /plugins/{name}/upgrade` */
export async function pluginUpgrade(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
  const { reference, name, granted } = await readRequest(exchange, exchange.name)
  const { store } = engine
  const installed = store.find(name)
  const { plugin } = installed
  if (plugin.Enabled) {
    const cause = `plugin ${plugin.Name} is enabled`
    throw new ApiError(409, `plugin must be disabled before upgrading: ${cause}`)
  }
  await store.whilePulling(async () => {
    const content = await fetchContent(engine, exchange, reference)
    demandConfig(content)
    demandGrant(content, granted)
    // The settings stay, and no longer share anything with the config (`inspect.after-upgrade`).
    installed.content = content
    plugin.Config = content.config
    plugin.PluginReference = canonicalName(reference)
  })
  exchange.response.end()
}

async function readRequest(exchange: Exchange, alias: string): Promise<PullRequest> {
  const granted = parseGranted(await exchange.body())
  const reference = parseRemote(exchange.query.get('remote') ?? '')
  const name = chooseName(reference, alias)
  exchange.response.setHeader('Docker-Plugin-Name', name)
  return { reference, name, granted }
}

function chooseName(reference: PluginReference, alias: string): string {
  if (alias === '') return localName(reference)
  const local = parseRemote(alias)
  if (local.digest !== undefined) throw new ApiError(500, 'cannot use digest in plugin tag')
  return /:[^/]*$/.test(alias) ? alias : familiarName(local)
}

/** Streams the download; the answer has begun once this has written its first line. */
async function fetchContent(
  { registries, store, clock }: SimulatedEngine,
  exchange: Exchange,
  reference: PluginReference,
): Promise<EmbeddedPlugin> {
  const found = lookUp(registries, reference, decodeRegistryAuth(exchange.auth))
  if ('problem' in found) throw pullFailure(reference, found)
  if (reference.digest !== undefined) throw new EngineDied()
  const write = (line: string) => exchange.line(line)
  await write(messageLine(`Pulling from ${familiarRepository(reference)}`, reference.tag))
  await write(messageLine(`Digest: ${found.content.digest}`))
  await fetchLayers({ store, clock, reference, found, signal: exchange.gone, write })
  return structuredClone(found.content)
}

function familiarRepository({ domain, path }: PluginReference): string {
  return familiarName({ domain, path }).replace(/:latest$/, '')
}

function demandConfig({ kind }: EmbeddedPlugin): void {
  if (kind !== 'image') return
  throw new ApiError(500, 'fetched plugin image but plugin config is missing')
}

function demandGrant({ damage, config }: EmbeddedPlugin, granted: PluginPrivilege[]): void {
  if (damage === 'config-not-json') {
    throw new ApiError(
      500,
      "failed to parse config: invalid character 'o' in literal null (expecting 'u')",
    )
  }
  demandConsent(config, granted)
}
