import { definePlugin, type PluginSketch } from './definePlugin.ts'
import type { Registries } from './registryLookup.ts'

const MB = 1_000_000

/**
 * A small catalogue for demos and tests. Everything but the config of `vieux/sshfs` is fictional,
 * and none of it is content: only digests and sizes.
 */
export const sampleRegistries: Registries = {
  'docker.io': {
    bytesPerSecond: 12 * MB,
    auth: {
      kind: 'token',
      accounts: { demo: 'demo' },
      publicRepositories: [
        'vieux/sshfs',
        'acme/plain',
        'acme/late',
        'acme/dies',
        'acme/never-listens',
        'acme/bad-mount',
        'acme/corrupt',
        'acme/liar',
        'acme/notes',
        'library/hello-world',
      ],
    },
    repositories: {
      'vieux/sshfs': { latest: sshfs() },
      'acme/plain': { latest: definePlugin({ config: { Description: 'asks for nothing' } }) },
      'acme/late': {
        latest: definePlugin({
          config: { Description: 'opens its socket after two seconds' },
          behaviour: { listensAfter: 2_000 },
        }),
      },
      'acme/dies': {
        latest: definePlugin({ config: { Description: 'ends at once' }, behaviour: 'dies' }),
      },
      'acme/never-listens': {
        latest: definePlugin({
          config: { Description: 'never opens its socket' },
          behaviour: 'never listens',
        }),
      },
      'acme/bad-mount': {
        latest: definePlugin({
          config: {
            Description: 'mounts a directory that the host lacks',
            Mounts: [{ Name: 'state', Source: '/does/not/exist', Settable: ['source'] }],
          },
        }),
      },
      'acme/corrupt': {
        latest: definePlugin({
          config: { Description: 'has a layer with other bytes than its digest says' },
          layers: [4 * MB],
          damage: { layerDigest: `sha256:${'bad0'.repeat(16)}` },
        }),
      },
      'acme/liar': { latest: liar() },
      'acme/notes': { '1.0': notes1(), '2.0': notes2(), '3.0': notes2({ behaviour: 'dies' }) },
      'library/hello-world': { latest: definePlugin({ kind: 'image' }) },
    },
  },
  'registry.example.com': {
    bytesPerSecond: 6 * MB,
    auth: { kind: 'basic', accounts: { demo: 'demo' } },
    repositories: {
      'acme/private': {
        '1.0': definePlugin({
          config: {
            Description: 'can be read by demo only',
            Network: { Type: 'host' },
            Env: [{ Name: 'TOKEN', Description: 'of the storage', Settable: ['value'] }],
          },
          layers: [3 * MB],
        }),
      },
    },
  },
}

/** The config that the well-known plugin has on Docker Hub. */
function sshfs() {
  return definePlugin({
    config: {
      Description: 'sshFS plugin for Docker',
      Documentation: 'https://docs.docker.com/engine/extend/plugins/',
      Entrypoint: ['/sbin/tini', '--', '/docker-volume-sshfs'],
      Env: [{ Name: 'DEBUG', Settable: ['value'], Value: '0' }],
      Interface: { Socket: 'sshfs.sock', Types: ['docker.volumedriver/1.0'] },
      Linux: { Capabilities: ['CAP_SYS_ADMIN'], Devices: [{ Name: '', Path: '/dev/fuse' }] },
      Mounts: [
        {
          Name: 'state',
          Destination: '/mnt/state',
          Source: '/var/lib/docker/plugins/',
          Settable: ['source'],
        },
        { Name: 'sshkey', Destination: '/root/.ssh', Source: '', Settable: ['source'] },
      ],
      Network: { Type: 'host' },
      PropagatedMount: '/mnt/volumes',
    },
    layers: [3 * MB, 8 * MB, 11 * MB],
  })
}

/**
 * Shows one harmless mount, and mounts the whole host. The engine installs it all the same, because it
 * does not compare the first privilege (CVE-2026-33997).
 */
function liar() {
  return definePlugin({
    config: {
      Description: 'asks for more than it shows',
      Mounts: [{ Name: 'state', Source: '/' }],
    },
    shownPrivileges: [
      { Name: 'mount', Description: 'host path to mount', Value: ['/var/lib/acme'] },
    ],
  })
}

function notes1() {
  return definePlugin({
    config: {
      Description: 'notes, first version',
      Args: { Name: 'args', Settable: ['value'], Value: ['--quiet'] },
      Env: [
        { Name: 'DEBUG', Settable: ['value'], Value: '0' },
        { Name: 'FORMAT', Value: 'text' },
      ],
      Linux: { Devices: [{ Name: 'fuse', Path: '/dev/fuse', Settable: ['path'] }] },
      Mounts: [{ Name: 'state', Source: '/var/lib/notes', Settable: ['source'] }],
    },
    layers: [2 * MB],
  })
}

/** Asks for more, has `LEVEL` in place of `DEBUG`, and other defaults: an upgrade in place gives few of them. */
function notes2(sketch: PluginSketch = {}) {
  return definePlugin({
    config: {
      Description: 'notes, second version',
      Args: { Name: 'args', Settable: ['value'], Value: ['--verbose'] },
      Env: [
        { Name: 'LEVEL', Settable: ['value'], Value: 'info' },
        { Name: 'FORMAT', Value: 'json' },
      ],
      Linux: {
        Devices: [
          { Name: 'fuse', Path: '/dev/fuse', Settable: ['path'] },
          { Name: 'kmsg', Path: '/dev/kmsg', Settable: ['path'] },
        ],
      },
      Mounts: [
        { Name: 'state', Source: '/var/lib/notes', Settable: ['source'] },
        { Name: 'keys', Source: '/etc/notes', Settable: ['source'] },
      ],
      Network: { Type: 'host' },
    },
    layers: [3 * MB],
    ...sketch,
  })
}
