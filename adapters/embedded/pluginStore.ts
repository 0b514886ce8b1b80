import type { Plugin } from '../../machines/plugin.ts'
import { familiarName, parseReference } from '../../machines/reference.ts'
import type { EmbeddedPlugin } from './definePlugin.ts'
import { ApiError } from './exchange.ts'
import { initialSettings } from './pluginSettings.ts'

/** An installed plugin: what the API shows of it, and the content that decides how it behaves. */
export interface Installed {
  plugin: Plugin
  content: EmbeddedPlugin
  /** True while an enable waits for its socket. */
  enabling: boolean
}

/** A layer that a pull is downloading; other pulls of it follow that download. */
export interface Download {
  received: number
}

/** The plugins of one engine and the layers it holds. */
export class PluginStore {
  readonly downloads = new Map<string, Download>()
  readonly #installed = new Map<string, Installed>()
  readonly #layers = new Set<string>()
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
    this.#installed.set(plugin.Id, { plugin, content, enabling: false })
  }

  remove({ plugin }: Installed): void {
    this.#installed.delete(plugin.Id)
    this.#garbage = true
    this.#collectGarbage()
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

  /** Only a removal starts it: the layers of a failed pull stay until then (`pull.after-failed`). */
  #collectGarbage(): void {
    if (!this.#garbage || this.#pulls > 0) return
    this.#garbage = false
    const used = new Set(
      this.all().flatMap(({ content }) => content.layers.map(({ digest }) => digest)),
    )
    for (const digest of this.#layers) if (!used.has(digest)) this.#layers.delete(digest)
  }
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
