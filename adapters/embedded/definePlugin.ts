import type {
  PluginArgs,
  PluginConfig,
  PluginDevice,
  PluginEnv,
  PluginMount,
  PluginPrivilege,
} from '../../machines/plugin.ts'

/** A registry that the embedded engine can pull from; its key in `registries` is its host. */
export interface EmbeddedRegistry {
  /** Repository path, then tag: `{ 'acme/volume': { latest: definePlugin({…}) } }`. */
  repositories: Readonly<Record<string, Readonly<Record<string, EmbeddedPlugin>>>>
  /** `false`: nothing listens at its address. Default `true`. */
  reachable?: boolean
  /** `false`: it gives manifests only, as one that goes away in the middle of a pull. Default `true`. */
  givesBlobs?: boolean
  /** `false`: it speaks plain HTTP, which hides every failure behind one message. Default `true`. */
  tls?: boolean
  /** Bandwidth, shared by the layers of one pull. Default 200 MB a second. */
  bytesPerSecond?: number
  /** Default: everything is public. */
  auth?: RegistryAccess
}

export interface RegistryAccess {
  kind: 'basic' | 'token'
  /** User name, then password. */
  accounts: Readonly<Record<string, string>>
  /** Identity tokens that a `token` registry takes in place of a password. */
  identityTokens?: readonly string[]
  /** Repositories that anyone may read, with any credentials or none. */
  publicRepositories?: readonly string[]
}

/** The content of one tag of a repository. `definePlugin` fills in all of it. */
export interface EmbeddedPlugin {
  /** `image`: not a plugin at all. `index`: a manifest list whose entry is a plugin. */
  kind: 'plugin' | 'image' | 'index'
  config: PluginConfig
  configDigest: string
  /** Digest of the manifest. */
  digest: string
  layers: readonly EmbeddedLayer[]
  behaviour: PluginBehaviour
  damage?: PluginDamage
  /** The answer of `GET /plugins/privileges`, where it differs from what the config asks for. */
  shownPrivileges?: readonly PluginPrivilege[]
}

export interface EmbeddedLayer {
  digest: string
  /** Bytes. */
  size: number
}

/** How the plugin behaves once it is started; `listensAfter` is in milliseconds. */
export type PluginBehaviour = 'listens' | 'never listens' | 'dies' | { listensAfter: number }

/** Damage to the content at the registry; damage to a layer affects the last one. */
export type PluginDamage =
  | 'config-missing'
  | 'config-not-json'
  | 'layer-missing'
  | 'layer-not-a-tar'
  /** The bytes of the layer have this digest, not the one in the manifest. */
  | { layerDigest: string }
  /** The layer ends after this many bytes. */
  | { layerBytes: number }
  /** The connection ends once after this many bytes of the layer, and the engine goes on from there. */
  | { cutAfter: number }

type Sketch<Part extends { Name: string }> = Partial<Part> & Pick<Part, 'Name'>

/** A plugin's config in Docker's words; every field has a default. */
export interface ConfigSketch
  extends Partial<
    Pick<PluginConfig, 'Network' | 'IpcHost' | 'PidHost' | 'Interface' | 'Description'>
  > {
  Args?: Sketch<PluginArgs>
  Env?: Sketch<PluginEnv>[] | null
  Mounts?: Sketch<PluginMount>[] | null
  Linux?: {
    AllowAllDevices?: boolean
    Capabilities?: string[] | null
    Devices?: Sketch<PluginDevice>[] | null
  }
  [field: string]: unknown
}

export interface PluginSketch extends Partial<Omit<EmbeddedPlugin, 'config' | 'layers'>> {
  config?: ConfigSketch
  /** Layers, or their sizes in bytes. Default: one of 326121 bytes. */
  layers?: readonly (EmbeddedLayer | number)[]
}

const DEFAULT_LAYER_BYTES = 326_121

/**
 * A plugin for a registry of the embedded engine. Everything has a default: a sound volume plugin
 * that asks for nothing and listens at once. Digests that are not given are derived from the rest,
 * so the same sketch is always the same content.
 */
export function definePlugin(sketch: PluginSketch = {}): EmbeddedPlugin {
  const { config = {}, layers = [DEFAULT_LAYER_BYTES], ...rest } = sketch
  const seed = JSON.stringify(sketch)
  const whole = layers.map((layer, index) =>
    typeof layer === 'number' ? { digest: digestOf(`${seed} layer ${index}`), size: layer } : layer,
  )
  return {
    kind: 'plugin',
    configDigest: digestOf(`${seed} config`),
    digest: digestOf(`${seed} manifest`),
    behaviour: 'listens',
    ...rest,
    config: defineConfig(config, whole),
    layers: whole,
  }
}

/** A digest in form only, for there is no content: eight FNV-1a hashes of the text, each with a prime of its own. */
function digestOf(text: string): string {
  let digits = ''
  for (let word = 0; word < 8; word++) {
    let hash = 0x811c9dc5
    for (const character of text) {
      hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193 + 2 * word)
    }
    digits += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return `sha256:${digits}`
}

/** The fields stand in the order in which the engine writes them. */
function defineConfig(sketch: ConfigSketch, layers: readonly EmbeddedLayer[]): PluginConfig {
  const { Args, Env, Linux = {}, Mounts, ...rest } = sketch
  return {
    Args: { Description: '', Name: '', Settable: null, Value: null, ...Args },
    Description: '',
    DockerVersion: '20.10.24',
    Documentation: '',
    Entrypoint: ['/plugin'],
    Env: Env?.map(defineEnv) ?? null,
    Interface: { Socket: 'plugin.sock', Types: ['docker.volumedriver/1.0'] },
    IpcHost: false,
    Linux: {
      AllowAllDevices: false,
      Capabilities: null,
      ...Linux,
      Devices: Linux.Devices?.map(defineDevice) ?? null,
    },
    Mounts: Mounts?.map(defineMount) ?? null,
    Network: { Type: '' },
    PidHost: false,
    PropagatedMount: '',
    User: {},
    WorkDir: '',
    rootfs: { diff_ids: layers.map(({ digest }) => digest), type: 'layers' },
    ...rest,
  }
}

function defineEnv({ Name, ...rest }: Sketch<PluginEnv>): PluginEnv {
  return { Description: '', Name, Settable: null, Value: null, ...rest }
}

function defineDevice({ Name, ...rest }: Sketch<PluginDevice>): PluginDevice {
  return { Description: '', Name, Path: null, Settable: null, ...rest }
}

function defineMount({ Name, ...rest }: Sketch<PluginMount>): PluginMount {
  return {
    Description: '',
    Destination: `/${Name}`,
    Name,
    Options: ['rbind'],
    Settable: null,
    Source: null,
    Type: 'bind',
    ...rest,
  }
}
