import type { Plugin, PluginSettings } from '../../machines/plugin.ts'
import { familiarName, type PluginReference, parseReference } from '../../machines/reference.ts'
import type { EmbeddedPlugin } from './definePlugin.ts'
import { EventLog } from './eventLog.ts'
import { ApiError } from './exchange.ts'
import { initialSettings, settingsInEffect } from './pluginSettings.ts'
import { SimulatedDisk } from './simulatedDisk.ts'

/** An installed plugin: what the API shows of it, and the content that decides how it behaves. */
export interface Installed {
  plugin: Plugin
  content: EmbeddedPlugin
  /** The plugin as a restart of the engine finds it on its disk. */
  saved: Plugin
  /** True while an enable waits for its socket. */
  enabling: boolean
  /** True while the engine still starts a process again that has ended at once. */
  dying: boolean
  uses: PluginUses
  /** From the begin of an enable until the plugin is disabled, or has failed to start. */
  process?: PluginProcess | undefined
}

/** Volumes of a plugin, and containers that mount one, by their names. */
export interface PluginUses {
  volumes: readonly string[]
  containers: readonly string[]
}

/**
 * The settings that the process of a plugin was given when it was started, whatever inspect shows since: `Settings.Env`,
 * `Settings.Args` and `Settings.Devices`, but the sources of `Config.Mounts`.
 */
export interface PluginProcess extends PluginSettings {
  /** Digest of the version that runs. */
  digest: string
}

/** A layer that a pull is downloading; other pulls of it follow that download. */
export interface Download {
  received: number
}

/** The plugins of one engine and the layers it holds. */
export class PluginStore {
  readonly disk = new SimulatedDisk()
  readonly events = new EventLog()
  readonly downloads = new Map<string, Download>()
  /** How many bytes there are of layers whose download was cut: the next one goes on from there. */
  readonly partial = new Map<string, number>()
  readonly #installed = new Map<string, Installed>()
  readonly #layers = new Set<string>()
  /** Layers whose bytes arrived wrong, with the digest of these: the engine never fetches them again. */
  readonly spoiled = new Map<string, string>()
  readonly #newId: () => string
  #pulls = 0
  #garbage = false

  constructor(newId = randomId) {
    this.#newId = newId
  }

  all(): Installed[] {
    return [...this.#installed.values()]
  }

  /** Finds a plugin by name, full id or the beginning of an id. */
  find(nameOrId: string): Installed {
    const byId = this.#installed.get(nameOrId)
    if (byId) return byId
    const reference = parseReference(nameOrId)
    const notFound = () => new ApiError(404, `plugin ${JSON.stringify(nameOrId)} not found`)
    if (typeof reference === 'string') throw notFound()
    const name = familiarName(reference)
    const byName = this.all().find(({ plugin }) => plugin.Name === name)
    if (byName) return byName
    const [found, second] = this.all().filter(({ plugin }) => plugin.Id.startsWith(nameOrId))
    if (second) throw new ApiError(400, `multiple plugins found for ${JSON.stringify(nameOrId)}`)
    if (!found) throw notFound()
    return found
  }

  has({ plugin }: Installed): boolean {
    return this.#installed.has(plugin.Id)
  }

  demandFree(name: string): void {
    if (!this.all().some(({ plugin }) => plugin.Name === name)) return
    throw new ApiError(400, `plugin ${name} already exists`)
  }

  add(name: string, reference: string, content: EmbeddedPlugin): void {
    const { config } = content
    const plugin: Plugin = {
      Config: config,
      Enabled: false,
      Id: this.#newId(),
      Name: name,
      PluginReference: reference,
      Settings: initialSettings(config),
    }
    const saved = structuredClone(plugin)
    const uses = { volumes: [], containers: [] }
    this.#installed.set(plugin.Id, { plugin, content, saved, enabling: false, dying: false, uses })
    this.events.add('pull', familiarName(parseReference(reference) as PluginReference), name)
  }

  remove({ plugin }: Installed): void {
    this.#installed.delete(plugin.Id)
    this.events.add('remove', plugin.Id, plugin.Name)
    this.#garbage = true
    this.#collectGarbage()
  }

  /** Writes the plugin to the disk of the engine: what it is in memory stays where that fails. */
  save(installed: Installed): void {
    this.disk.save(installed.plugin)
    installed.saved = structuredClone(installed.plugin)
  }

  /** Finds what is on the disk, and starts the processes of what was enabled. */
  reload(): void {
    this.events.clear()
    for (const installed of this.#installed.values()) {
      const { Config, Settings, ...rest } = installed.saved
      // Config and Settings are read apart, so that they share no mount and no device any more.
      installed.plugin = {
        Config: structuredClone(Config),
        ...rest,
        Settings: structuredClone(Settings),
      }
      Object.assign(installed, { enabling: false, dying: false, process: undefined })
      if (rest.Enabled) installed.process = processOf(installed)
    }
  }

  holdsLayer(digest: string): boolean {
    return this.#layers.has(digest)
  }

  keepLayer(digest: string): void {
    this.#layers.add(digest)
  }

  /** Keeps every layer while a pull runs. */
  async whilePulling<Result>(pull: () => Promise<Result>): Promise<Result> {
    this.#pulls++
    try {
      return await pull()
    } finally {
      this.#pulls--
      this.#collectGarbage()
    }
  }

  /**
   * Only a removal starts it (`pull.after-failed`), and no layer stays, not even those of plugins that are
   * installed (`upgrade.after-trial-removed`).
   */
  #collectGarbage(): void {
    if (!this.#garbage || this.#pulls > 0) return
    this.#garbage = false
    this.#layers.clear()
  }
}

export function processOf({ plugin, content }: Installed): PluginProcess {
  return { ...settingsInEffect(plugin), digest: content.digest }
}

/** 64 hexadecimal digits. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
