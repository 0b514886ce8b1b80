import { copyFileSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from '../../../machines/types.ts'
import { type Answer, askEngine } from './askEngine.ts'
import { endWithProcess } from './endWithProcess.ts'
import { type FixtureName, fixtures } from './fixtures.ts'
import { buildProbe, publishFixtures } from './publishFixtures.ts'
import { removeCgroups } from './removeCgroups.ts'
import { settled } from './settled.ts'
import { startEngine } from './startEngine.ts'
import type { OwnedProcess } from './startProcess.ts'
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
  /** What is on the engine now. */
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

const REGISTRY_STOP_LIMIT_MS = 5_000
const ACCOUNT = { username: 'reader', password: 'correct-horse' }
const ENGINE_ETC = '/etc/docker'

/** Starts the world; when that fails nothing of it is left. Needs what `installEngine` looks for. */
export async function startWorld({
  publish,
  parent = tmpdir(),
}: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(parent, 'plugin-flow-world-'))
  // The engine has this folder covered by its own; where there is none there is nothing to cover.
  const made = mkdirSync(ENGINE_ETC, { recursive: true })
  const processes: OwnedProcess[] = []
  const stops: (() => Promise<void>)[] = []
  const removeFiles = () => {
    removeCgroups(join(folder, 'exec'))
    rmSync(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 20 })
    if (made) rmdirSync(ENGINE_ETC)
  }
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= Promise.all(stops.map((end) => end())).then(() => {
      untie()
      removeFiles()
    })
    return stopping
  }
  const untie = endWithProcess(stop, () => {
    for (const owned of processes) owned.kill()
    removeFiles()
  })
  const keep: Keep = (owned, end = () => owned.end(REGISTRY_STOP_LIMIT_MS)) => {
    processes.push(owned)
    stops.push(end)
  }

  try {
    const [engine, registries, program] = await settled([
      startKeptEngine(folder, keep),
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
    const world: World = {
      host: `unix://${socketPath}`,
      socketPath,
      dataRoot,
      folder,
      processes: processes.map(({ pid }) => pid),
      registries,
      reference,
      api,
      plugins: async () => JSON.parse((await api('GET', '/plugins')).text),
      removeAll: () => removeAll(api),
      stop,
    }
    const names = publish ?? (Object.keys(fixtures) as FixtureName[])
    await publishFixtures(
      { socketPath, folder, program },
      names.map((name) => [name, reference(name)] as const),
    )
    await world.removeAll()
    return world
  } catch (error) {
    await stop()
    throw error
  }
}

type Keep = (owned: OwnedProcess, end?: () => Promise<void>) => void

async function startKeptEngine(folder: string, keep: Keep) {
  const engine = await startEngine(folder)
  keep(engine.process, engine.stop)
  return engine
}

async function startRegistries(folder: string, keep: Keep) {
  const store = join(folder, 'registry')
  const start = async (name: string, more = {}) => {
    const { process, address } = await startRegistry(folder, name, { store, ...more })
    keep(process)
    return { address }
  }
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

async function removeAll(api: World['api']): Promise<void> {
  const plugins: Plugin[] = JSON.parse((await api('GET', '/plugins')).text)
  for (const { Id, Name } of plugins) {
    const { status, text } = await api('DELETE', `/plugins/${Id}?force=1`)
    if (status !== 200 && status !== 404) throw new Error(`${Name} stays: ${status} ${text}`)
  }
}
