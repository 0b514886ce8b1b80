import type { Plugin, PluginConfig } from '../../../machines/plugin.ts'
import {
  definePlugin,
  type EmbeddedLayer,
  type EmbeddedRegistry,
  type PluginSketch,
} from '../../../src/embedded.ts'
import { recordedBody, recordings } from './recordings.ts'

/** Accounts of the private registries. The second one's encoding differs between the alphabets. */
export const accounts = { plain: 'password', special: '>>>???' }
export const identityToken = 'identity-token'

const everything = [...recordings.keys()].map(recordedBody).join('\n')
const plain = plugin('pull.plain', { config: recordedConfig('inspect.plain') })
const probe = plugin('pull.probe', { config: recordedConfig('inspect.name') })
const big = plugin('pull.big', { config: recordedConfig('inspect.plain') })
const own = plugin('pull.auth-good', { config: recordedConfig('inspect.plain') })
const slowConfig = recordedConfig('inspect.after-failed-enable')

/** The registries of the recordings, with what was pulled from them. */
export const recordedRegistries: Record<string, EmbeddedRegistry> = {
  '127.0.0.1:5055': {
    tls: false,
    repositories: {
      'acme/plain': {
        '1.0': plain,
        index: plugin('pull.plugin-index', { kind: 'index', config: plain.config }),
      },
      'acme/probe': {
        '1.0': probe,
        '2.0': plugin('upgrade.ok', { config: recordedConfig('inspect.after-upgrade') }),
      },
      'acme/all': {
        '1.0': plugin('pull.privileges-all', { config: unsorted(recordedConfig('inspect.all')) }),
      },
      'acme/big': { '1.0': big },
      'acme/slow': { '1.0': { ...plain, config: slowConfig, behaviour: 'never listens' } },
      'acme/late': { '1.0': { ...plain, config: slowConfig, behaviour: { listensAfter: 2_000 } } },
      'acme/dies': { '1.0': { ...plain, config: slowConfig, behaviour: 'dies' } },
      'acme/badmount': {
        '1.0': plugin('pull.privileges-single-other-name', {
          config: { Mounts: [{ Name: 'state', Source: '/does/not/exist' }] },
        }),
      },
      'acme/image': {
        '1.0': plugin('pull.image', { kind: 'image' }),
        index: plugin('pull.image-index', { kind: 'image' }),
      },
      'acme/ociimage': { '1.0': plugin('pull.oci-image', { kind: 'image' }) },
      'acme/ocimanifest': { '1.0': plugin('pull.oci-manifest') },
      'acme/baddiffid': { '1.0': plugin('pull.layer-wrong-diff-id') },
      'acme/corrupt': {
        '1.0': plugin('pull.layer-corrupt', {
          damage: { layerDigest: digestAfter('unexpected commit digest ') },
        }),
      },
      'acme/short': { '1.0': plugin('pull.layer-short', { damage: { layerBytes: 162_042 } }) },
      'acme/nolayer': { '1.0': plugin('pull.layer-missing', { damage: 'layer-missing' }) },
      'acme/notatar': { '1.0': plugin('pull.layer-not-a-tar', { damage: 'layer-not-a-tar' }) },
      'acme/noconfig': { '1.0': noConfig('pull.config-missing') },
      'acme/badconfig': {
        '1.0': plugin('pull.config-not-json', { damage: 'config-not-json' }),
      },
    },
  },
  '127.0.0.1:5056': {
    tls: false,
    auth: { kind: 'basic', accounts },
    repositories: { 'acme/private': { '1.0': own } },
  },
  '127.0.0.1:5058': {
    tls: false,
    bytesPerSecond: 6_200_000,
    repositories: { 'acme/big': { '1.0': big } },
  },
  '127.0.0.1:5453': {
    repositories: {
      'acme/plain': { '1.0': plain },
      'acme/probe': { '1.0': probe },
      'acme/big': { '1.0': big },
      'acme/nolayer': { '1.0': plugin('pull.tls-layer-missing', { damage: 'layer-missing' }) },
      'acme/noconfig': { '1.0': noConfig('pull.tls-config-missing') },
    },
  },
  '127.0.0.1:5454': {
    auth: { kind: 'basic', accounts },
    repositories: { 'acme/private': { '1.0': own } },
  },
  '127.0.0.1:5459': {
    auth: {
      kind: 'token',
      accounts,
      identityTokens: [identityToken],
      publicRepositories: ['acme/probe'],
    },
    repositories: { 'acme/plain': { '1.0': plain }, 'acme/probe': { '1.0': probe } },
  },
  '127.0.0.1:5999': { reachable: false, repositories: {} },
}

/** Digest and layers as a recorded pull told them. */
function plugin(pull: string, sketch: PluginSketch = {}) {
  const body = recordedBody(pull)
  const digest = /Digest: (sha256:[0-9a-f]+)/.exec(body)?.[1] as string
  return definePlugin({ digest, layers: layersOf(body), ...sketch })
}

function layersOf(body: string): EmbeddedLayer[] {
  const sizes = new Map<string, number>()
  for (const line of body.split('\r\n').filter(Boolean)) {
    const { id, status, progressDetail } = JSON.parse(line)
    const size = progressDetail?.total ?? (status === 'Download complete' && progressDetail.current)
    if (size) sizes.set(id, size)
  }
  return [...sizes].map(([id, size]) => ({ digest: wholeDigest(id), size }))
}

/** Where a recording tells more of a digest than its first digits, that is it. */
function wholeDigest(id: string): string {
  const known = new RegExp(`sha256:${id}[0-9a-f]{52}`).exec(everything)?.[0]
  return known ?? `sha256:${id.padEnd(64, '0')}`
}

function digestAfter(words: string): string {
  return new RegExp(`${words}(sha256:[0-9a-f]{64})`).exec(everything)?.[1] as string
}

/** The missing blob is the last digest that the error names. */
function noConfig(pull: string) {
  const digests = recordedBody(pull).match(/sha256:[0-9a-f]{64}/g) ?? []
  return plugin(pull, { damage: 'config-missing', configDigest: digests.at(-1) as string })
}

function recordedConfig(scenario: string): PluginConfig {
  return (JSON.parse(recordedBody(scenario)) as Plugin).Config
}

/** The capabilities as the registry has them; the installed config has them in order. */
function unsorted(config: PluginConfig): PluginConfig {
  const shown = JSON.parse(recordedBody('privileges.all')) as { Name: string; Value: string[] }[]
  const capabilities = shown.find(({ Name }) => Name === 'capabilities')?.Value as string[]
  return { ...config, Linux: { ...config.Linux, Capabilities: capabilities } }
}
