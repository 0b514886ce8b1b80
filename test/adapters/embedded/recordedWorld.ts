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
const up = upgraded({ pull: 'upgrade.back' })
const upBig = upgraded({ pull: 'upgrade.two-at-once-slow' })

/** The content of `acme/up:1.0` at the open registry after its tag was moved. */
export const movedUp = upgraded({ pull: 'upgrade.tag-moved' })

/** `acme/up:1.0` as it was where the disk was full, with its default source and path. */
export const upOnFullDisk = defaulted('upgrade.inspect-enable-disk-full')

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
      'acme/up': {
        '1.0': up,
        '2.0': upgraded({ pull: 'upgrade.after-trial', inspect: 'upgrade.inspect-after-restart' }),
        '2.0-big': upBig,
        '2.0-fewer': upgraded({
          pull: 'upgrade.privileges-fewer',
          inspect: 'upgrade.inspect-device-removed',
        }),
        '2.0-more': upgraded({
          pull: 'upgrade.privileges-more-all',
          inspect: 'upgrade.inspect-mount-added',
        }),
        '2.0-env': upgraded({ pull: 'upgrade.save-fails', inspect: 'upgrade.inspect-env-renamed' }),
        '2.0-dev': upgraded({ inspect: 'upgrade.inspect-device-added' }),
        '2.0-mount': upgraded({ inspect: 'upgrade.inspect-mount-renamed' }),
        '2.0-prop': upgraded({ pull: 'upgrade.in-use-by-container' }),
        '2.0-flip': upgraded({ pull: 'upgrade.layer-flipped' }),
        '2.0-full2': upgraded({ pull: 'upgrade.disk-full' }),
        '2.0-dies': { ...up, behaviour: 'dies' },
        '2.0-hangs': { ...up, behaviour: 'never listens' },
        '2.0-badmount': definePlugin({
          config: {
            Mounts: [{ Name: 'state', Source: '/does/not/exist', Settable: ['source'] }],
            Linux: { Devices: up.config.Linux.Devices },
          },
        }),
      },
      'acme/one': {
        '1.0': definePlugin({ config: { Mounts: [{ Name: 'one', Source: '/tmp' }] } }),
      },
      'acme/onefar': {
        '1.0': plugin('upgrade.privileges-single-other-value', {
          config: { Mounts: [{ Name: 'one', Source: '/' }] },
        }),
      },
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
          damage: { layerDigest: digestAfter('unexpected commit digest ', 'pull.layer-corrupt') },
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
    repositories: {
      'acme/big': { '1.0': big },
      'acme/up': {
        '2.0-big': upBig,
        '2.0-gone': upgraded({ pull: 'upgrade.client-gone' }),
        '2.0-kill': upgraded({ pull: 'upgrade.engine-killed' }),
        '2.1-big': upgraded({ pull: 'upgrade.set-meanwhile' }),
      },
    },
  },
  '127.0.0.1:5061': {
    tls: false,
    repositories: {
      'acme/up': {
        '2.0-flip': upgraded(
          { pull: 'upgrade.layer-flipped' },
          {
            damage: {
              layerDigest: digestAfter('unexpected commit digest ', 'upgrade.layer-flipped'),
            },
          },
        ),
      },
    },
  },
  '127.0.0.1:5062': {
    tls: false,
    repositories: {
      'acme/up': {
        '2.0-cut': upgraded({ pull: 'upgrade.layer-cut' }, { damage: { cutAfter: 258_000 } }),
      },
    },
  },
  '127.0.0.1:5063': {
    tls: false,
    givesBlobs: false,
    repositories: {
      'acme/up': {
        '2.0-down': upgraded(
          { pull: 'upgrade.registry-gone-midway' },
          {
            configDigest: lastDigest('upgrade.registry-gone-midway'),
            layers: [{ digest: wholeDigest('5a862076e743'), size: 1 }],
          },
        ),
      },
    },
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

/**
 * A version of `acme/up`: its content as a pull reported it, its config as an inspect shows it. All that is
 * not recorded of a version is as in the first one.
 */
function upgraded(from: { pull?: string; inspect?: string }, sketch: PluginSketch = {}) {
  const config = recordedConfig(from.inspect ?? 'upgrade.inspect-back')
  const whole = { config, ...sketch }
  const content = from.pull === undefined ? definePlugin(whole) : plugin(from.pull, whole)
  return { ...content, config }
}

function defaulted(inspect: string) {
  const config = recordedConfig(inspect)
  config.Mounts = up.config.Mounts
  config.Linux.Devices = up.config.Linux.Devices
  return { ...up, config }
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

function digestAfter(words: string, scenario: string): string {
  return new RegExp(`${words}(sha256:[0-9a-f]{64})`).exec(recordedBody(scenario))?.[1] as string
}

/** The missing blob is the last digest that the error names. */
function noConfig(pull: string) {
  return plugin(pull, { damage: 'config-missing', configDigest: lastDigest(pull) })
}

function lastDigest(pull: string): string {
  return recordedBody(pull)
    .match(/sha256:[0-9a-f]{64}/g)
    ?.at(-1) as string
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
