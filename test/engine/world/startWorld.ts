import { copyFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from '../../../machines/plugin.ts'
import { type Authority, makeAuthority } from '../../support/certificates.ts'
import { writeNoCredentials } from '../../support/noCredentials.ts'
import { type Answer, askEngine } from './askEngine.ts'
import { type FixtureName, fixtures } from './fixtures.ts'
import { type Ground, openGround } from './openGround.ts'
import { buildProbe, publishFixtures } from './publishFixtures.ts'
import { settled } from './settled.ts'
import { startEngine } from './startEngine.ts'
import type { Keep } from './startProcess.ts'
import { makeCertificate, makePasswords, startRegistry } from './startRegistry.ts'

export interface Registry {
  /** HOST:PORT, as a reference starts. */
  readonly address: string
}

/** A real Docker Engine, real registries, and fixture plugins in them. The engine starts empty. */
export interface World {
  /** As `docker -H` takes it. */
  readonly host: string
  readonly socketPath: string
  /** The same engine with TLS: it shows a certificate of this authority, and wants one. */
  readonly secure: { readonly host: string; readonly authority: Authority }
  readonly dataRoot: string
  /** Everything of this world is below it. */
  readonly folder: string
  /** The processes that were started, to see whether they have gone. */
  readonly processes: readonly number[]
  readonly registries: {
    /** Plain HTTP, open. */
    readonly open: Registry
    /** TLS, open. */
    readonly tls: Registry
    /** TLS and Basic authentication. */
    readonly private: Registry & { readonly username: string; readonly password: string }
    /** Nothing listens there. */
    readonly down: Registry
  }
  /** The whole reference of a fixture, in the open registry where none is named. */
  reference(fixture: FixtureName, registry?: Registry): string
  /** Asks the engine itself. */
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** The plugins on the engine now. */
  plugins(): Promise<Plugin[]>
  /** Leaves the engine without a plugin. */
  removeAll(): Promise<void>
  /** Ends every process and removes every file. May be called twice. */
  stop(): Promise<void>
}

export interface WorldOptions {
  /** Which fixtures to publish; all where absent. */
  publish?: readonly FixtureName[]
  /** The folder to make its own folder in. */
  parent?: string
}

const ACCOUNT = { username: 'reader', password: 'correct-horse' }

/** Starts the world; when that fails nothing of it is left. Needs what `installEngine` looks for. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const ground = openGround(options.parent ?? tmpdir())
  try {
    return await furnish(ground, options.publish ?? (Object.keys(fixtures) as FixtureName[]))
  } catch (error) {
    await ground.stop()
    throw error
  }
}

async function furnish(
  { folder, keep, pids, stop }: Ground,
  publish: readonly FixtureName[],
): Promise<World> {
  writeNoCredentials(folder)
  const [{ engine, authority }, registries, program] = await settled([
    startSecureEngine(folder, keep),
    startRegistries(folder, keep),
    buildProbe(folder),
  ])
  const { socketPath, dataRoot, certificates } = engine
  for (const { address } of [registries.tls, registries.private]) {
    mkdirSync(join(certificates, address))
    copyFileSync(join(folder, 'registry.crt'), join(certificates, address, 'ca.crt'))
  }
  const reference: World['reference'] = (fixture, registry = registries.open) =>
    `${registry.address}/acme/${fixture}:1.0`
  const api: World['api'] = (method, path, body, headers) =>
    askEngine(socketPath, method, path, body, headers)
  await publishFixtures(
    { socketPath, folder, program },
    publish.map((name) => [name, reference(name)] as const),
  )
  await removeAll(api)
  return {
    host: `unix://${socketPath}`,
    socketPath,
    secure: { host: engine.secureHost, authority },
    dataRoot,
    folder,
    processes: pids(),
    registries,
    reference,
    api,
    plugins: () => listPlugins(api),
    removeAll: () => removeAll(api),
    stop,
  }
}

async function startSecureEngine(folder: string, keep: Keep) {
  const authority = await makeAuthority(folder)
  const tls = { ...(await authority.issue('engine')), caFile: authority.caFile }
  return { authority, engine: await startEngine(folder, keep, tls) }
}

async function startRegistries(folder: string, keep: Keep) {
  const store = join(folder, 'registry')
  const start = (name: string, more = {}) => startRegistry(folder, name, { store, ...more }, keep)
  const secured = async () => {
    const [certificate, passwords] = await settled([
      makeCertificate(folder),
      makePasswords(folder, ACCOUNT),
    ])
    return settled([start('tls', { certificate }), start('private', { certificate, passwords })])
  }
  const [open, [tls, locked]] = await settled([start('open'), secured()])
  return { open, tls, private: { ...locked, ...ACCOUNT }, down: { address: '127.0.0.1:1' } }
}

async function listPlugins(api: World['api']): Promise<Plugin[]> {
  return JSON.parse((await api('GET', '/plugins')).text)
}

async function removeAll(api: World['api']): Promise<void> {
  for (const { Id, Name } of await listPlugins(api)) {
    const { status, text } = await api('DELETE', `/plugins/${Id}?force=1`)
    if (status !== 200 && status !== 404) throw new Error(`${Name} stays: ${status} ${text}`)
  }
}
