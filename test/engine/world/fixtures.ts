import { freePort } from './freePort.ts'

/** A plugin of the world: what its config says, and how much there is to pull beside the program. */
export interface Fixture {
  config: Record<string, unknown>
  /** Random bytes in its layer, so that they stay as many when compressed. */
  ballast?: number
  /** Empty files in its layer: quick to pull, and slow to extract. */
  files?: number
}

const mount = (Source: string) => ({
  Name: 'state',
  Description: 'a host directory',
  Source,
  Destination: '/state',
  Type: 'bind',
  Options: ['rbind', 'ro'],
  Settable: ['source'],
})

const config = (mode: string, more: Record<string, unknown> = {}) => ({
  Description: `a fixture: ${mode}`,
  Documentation: 'https://example.org/probe',
  Entrypoint: ['/probe', mode],
  Interface: { Types: ['docker.volumedriver/1.0'], Socket: 'probe.sock' },
  Network: { Type: 'null' },
  ...more,
})

const SETTINGS = {
  Env: [
    { Name: 'DEBUG', Description: '0 or 1', Settable: ['value'], Value: '0' },
    { Name: 'FIXED', Description: 'cannot be changed', Settable: null, Value: 'yes' },
  ],
  Args: { Name: 'args', Description: 'shown, else ignored', Settable: ['value'], Value: ['first'] },
}

const DEVICE = { Description: 'a device', Settable: ['path'] }

/** A version of a plugin that shows what is in effect. */
const version = (
  number: string,
  { mode = 'show', env, args = 'first', mounts, devices }: VersionSketch = {},
) => ({
  config: {
    ...config(mode, { Description: `a fixture: version ${number}` }),
    Env: env ?? SETTINGS.Env,
    Args: { ...SETTINGS.Args, Value: [args] },
    Mounts: mounts ?? [mount('/tmp')],
    Linux: {
      Capabilities: null,
      AllowAllDevices: false,
      Devices: devices ?? [{ ...DEVICE, Name: 'log', Path: '/dev/kmsg' }],
    },
  },
})

/** A trial has the defaults of a version, so that the port is one. */
const PORT = await freePort()

/** A version on the host's network, where it wants the port. */
const listening = (number: string) => {
  const { config: shared } = version(number, {
    mode: 'listen',
    env: [{ Name: 'PORT', Description: 'its port', Settable: ['value'], Value: `${PORT}` }],
  })
  return { config: { ...shared, Network: { Type: 'host' } } }
}

interface VersionSketch {
  mode?: string
  env?: unknown[]
  args?: string
  mounts?: unknown[]
  devices?: unknown[]
}

/** Every fixture, by the last part of its repository's name. */
export const fixtures = {
  /** No privilege, and one setting. */
  plain: { config: config('serve', { Env: SETTINGS.Env }) },
  /** A privilege of four kinds, and a setting of every kind. */
  probe: {
    config: config('serve', {
      ...SETTINGS,
      Network: { Type: 'host' },
      Mounts: [mount('/tmp')],
      Linux: {
        Capabilities: ['CAP_SYS_ADMIN'],
        AllowAllDevices: false,
        Devices: [{ Name: 'null', Description: 'a device', Path: '/dev/null', Settable: ['path'] }],
      },
    }),
  },
  /** One privilege: the one case in which 20.10.24 takes a list with another value. */
  'one-mount': { config: config('serve', { Mounts: [mount('/tmp')] }) },
  /** One layer of 40 MB. */
  big: { config: config('serve'), ballast: 40 * 1024 * 1024 },
  /** One layer that takes an engine a second or more to extract. */
  crowded: { config: config('serve'), files: 10_000 },
  /** Opens its socket two seconds after its start. */
  late: { config: config('late') },
  /** Never opens its socket. */
  slow: { config: config('hang') },
  /** Exits with status 1. */
  dies: { config: config('die') },
  /** Mounts what is not on the host. */
  badmount: { config: config('serve', { Mounts: [mount('/does/not/exist')] }) },
  /** Versions of one plugin, for upgrades. */
  'notes-1': version('1'),
  'notes-2': version('2'),
  /** Other variables and arguments. */
  'notes-env': version('env', {
    args: 'second',
    env: [
      { Name: 'LEVEL', Description: '', Settable: ['value'], Value: 'info' },
      { Name: 'FIXED', Description: '', Settable: null, Value: 'no' },
      { Name: 'HIDDEN', Description: '', Settable: null, Value: 'x' },
    ],
  }),
  /** One device more. */
  'notes-device': version('device', {
    devices: [
      { ...DEVICE, Name: 'log', Path: '/dev/kmsg' },
      { ...DEVICE, Name: 'fuse', Path: '/dev/fuse' },
    ],
  }),
  /** Neither a mount nor a device. */
  'notes-less': version('less', { mounts: [], devices: [] }),
  'notes-dies': version('dies', { mode: 'die' }),
  'notes-badmount': version('badmount', { mounts: [mount('/does/not/exist')] }),
  /** Two that want the same port of the host. */
  'port-1': listening('port 1'),
  'port-2': listening('port 2'),
  /** Whose layer comes with a wrong byte. */
  'notes-flip': version('flip'),
  /** A version of 40 MB. */
  'notes-big': { ...version('big'), ballast: 40 * 1024 * 1024 },
  /** For the registry that wants credentials. */
  private: { config: config('serve', { Env: SETTINGS.Env }) },
} as const satisfies Record<string, Fixture>

export type FixtureName = keyof typeof fixtures
