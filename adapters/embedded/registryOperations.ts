import type { PluginPrivilege } from '../../machines/plugin.ts'
import { computePrivileges } from '../../machines/privileges.ts'
import {
  canonicalName,
  familiarName,
  localName,
  type PluginReference,
  parseReference,
} from '../../machines/reference.ts'
import { demandConsent, parseGranted } from './consent.ts'
import type { EmbeddedPlugin } from './definePlugin.ts'
import { ApiError, EngineDied, type Exchange, messageLine } from './exchange.ts'
import { fetchLayers } from './fetchLayers.ts'
import type { Installed, PluginStore } from './pluginStore.ts'
import { distributionFailure, loginFailure, pullFailure } from './registryFailures.ts'
import { decodeRegistryAuth, parseRemote, readCredentials } from './registryLookup.ts'
import type { Route, SimulatedEngine } from './simulatedEngine.ts'

/** Bytes of the manifest of one layer (`push.ok`), and of each further layer in it. */
const MANIFEST_BYTES = 417
const LAYER_BYTES = 155

interface PullRequest {
  reference: PluginReference
  /** The value of `Docker-Plugin-Name`. */
  name: string
  granted: PluginPrivilege[]
}

/**
 * `GET /plugins/privileges`. `[]` means that the engine could not look, `null` that nothing is asked
 * for (`privileges.auth-none`, `privileges.plain`).
 */
function getPluginPrivileges(engine: SimulatedEngine, exchange: Exchange): void {
  const reference = parseRemote(exchange.query.get('remote') ?? '')
  const found = engine.registries.lookUp(reference, decodeRegistryAuth(exchange.request.auth))
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

export const registryRoutes: readonly Route[] = [
  ['POST', /^\/auth$/, systemAuth],
  ['GET', /^\/plugins\/privileges$/, getPluginPrivileges],
  ['POST', /^\/plugins\/pull$/, pluginPull],
  ['POST', /^\/plugins\/(.+)\/upgrade$/, pluginUpgrade],
  ['GET', /^\/distribution\/(.+)\/json$/, distributionInspect],
]

/** `POST /auth`. A registry is named by its host, Docker Hub by the address of its first API. */
async function systemAuth({ registries }: SimulatedEngine, exchange: Exchange): Promise<void> {
  const body: unknown = JSON.parse(await exchange.request.body())
  const credentials = readCredentials(body) ?? {}
  const { serveraddress } = Object(body)
  const address = typeof serveraddress === 'string' ? serveraddress : ''
  const [, host = ''] = /^(?:https?:\/\/)?([^/]*)/.exec(address) ?? []
  const domain = host === 'index.docker.io' ? 'docker.io' : host
  const refused = registries.refuseLogin(domain, credentials)
  if (refused) throw loginFailure(domain, refused)
  exchange.json(200, { IdentityToken: '', Status: 'Login Succeeded' })
}

/** `GET /distribution/{name}/json`, which tells the causes apart that an empty list hides. */
function distributionInspect(engine: SimulatedEngine, exchange: Exchange): void {
  const reference = parseRemote(exchange.name, 400)
  const found = engine.registries.lookUp(reference, decodeRegistryAuth(exchange.request.auth))
  if ('problem' in found) throw distributionFailure(reference, found)
  const { kind, digest, layers } = found.content
  const format = kind === 'index' ? 'manifest.list.v2' : 'manifest.v2'
  const mediaType = `application/vnd.docker.distribution.${format}+json`
  const size = MANIFEST_BYTES + LAYER_BYTES * (layers.length - 1)
  exchange.json(200, { Descriptor: { mediaType, digest, size }, Platforms: null })
}

async function pluginPull(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
  const { reference, name, granted } = await readRequest(exchange, exchange.query.get('name') ?? '')
  const { store } = engine
  // An alias that names docker.io is reported as it was given and stored without it.
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
  exchange.end()
}

/** By name only. Whether the plugin is enabled is asked at the start alone (`upgrade.enabled-meanwhile`). */
async function pluginUpgrade(engine: SimulatedEngine, exchange: Exchange): Promise<void> {
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
    store.disk.backUp(plugin, store.has(installed))
    // The settings stay, and no longer share anything with the config (`inspect.after-upgrade`).
    plugin.Config = content.config
    // A process that was started meanwhile loses its mounts.
    if (installed.process) installed.process.Mounts = []
    saveUpgraded(store, installed)
    installed.content = content
    // It is on the disk with the next change only (`upgrade.inspect-after-restart`).
    plugin.PluginReference = canonicalName(reference)
  })
  exchange.end()
}

/** Where it fails the files are the old ones again, and Config is not (`upgrade.inspect-save-fails`). */
function saveUpgraded(store: PluginStore, installed: Installed): void {
  try {
    store.save(installed)
  } catch (error) {
    const cause = (error as Error).message
    throw new ApiError(500, `error saving upgraded plugin config: ${cause}`)
  }
}

async function readRequest(exchange: Exchange, alias: string): Promise<PullRequest> {
  const granted = parseGranted(await exchange.request.body())
  const reference = parseRemote(exchange.query.get('remote') ?? '')
  const name = chooseName(reference, alias)
  exchange.header('Docker-Plugin-Name', name)
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
  const found = registries.lookUp(reference, decodeRegistryAuth(exchange.request.auth))
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
