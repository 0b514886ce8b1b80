import { statSync } from 'node:fs'
import { connect } from '../../../src/flow/connect.ts'
import {
  isUpgradeError,
  type UpgradeError,
  type UpgradeOptions,
  upgradePlugin,
} from '../../../src/upgrade.ts'
import { install } from './flows.ts'
import type { World } from './startWorld.ts'

/** The settings of the owner of the old version: a variable, a mount and the arguments. */
export const SETTINGS = { DEBUG: '7', 'state.source': '/var/tmp', args: 'a b' }

export const inode = (path: string) => `state=${statSync(path).ino}`

/** The values that its process shows then. */
export const BEFORE = ['DEBUG=7', 'FIXED=yes', 'arg=a', 'arg=b', '/dev/kmsg', inode('/var/tmp')]

/** An engine with the plugin: that of the world, or one that may die. */
type Host = Pick<World, 'host' | 'api'>

/** Installs the old version, with the settings of its owner. */
export async function begin(
  world: World,
  reference = world.reference('notes-1'),
  settings: Record<string, string> = SETTINGS,
  host = world.host,
): Promise<void> {
  await install(world, { reference, settings, grantAllPermissions: true }, host).result
}

/** Starts an upgrade on an engine, whose states so far are in `states`; `at` is called with each. */
export function upgradeOn(
  world: World,
  options: UpgradeOptions,
  at: (state: string) => unknown = () => {},
  host = world.host,
) {
  const engine = connect({ host, env: { DOCKER_CONFIG: world.folder } })
  const flow = upgradePlugin(engine, { grantAllPermissions: true, ...options })
  const states: string[] = []
  flow.transition$.subscribe({
    next({ to }) {
      states.push(to)
      at(to)
    },
    complete: () => engine.close(),
  })
  return { ...flow, states }
}

/** The values that the process of the one plugin shows. */
export async function inEffect({ api }: Pick<Host, 'api'>): Promise<string[]> {
  const { Volumes }: { Volumes: { Name: string }[] } = JSON.parse(
    (await api('GET', '/volumes')).text,
  )
  return Volumes[0]?.Name.trim().split(' ') ?? []
}

/** The error of an upgrade; one that succeeds is an error here. */
export async function upgradeFailure(flow: { result: Promise<unknown> }): Promise<UpgradeError> {
  const error = await flow.result.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (isUpgradeError(error)) return error
  throw error ?? new Error('the upgrade was to fail, and did not')
}
