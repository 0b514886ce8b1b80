import { filter, firstValueFrom, timeout } from 'rxjs'
import { connect } from '../../../src/flow/connect.ts'
import { type InstallError, isInstallError } from '../../../src/flow/errors.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import type { InstallOptions, PluginInstall } from '../../../src/flow/types.ts'
import type { World } from './startWorld.ts'

export interface ObservedInstall extends PluginInstall {
  /** Every state so far. */
  readonly states: readonly string[]
}

const LIMIT_MS = 60_000

/**
 * Installs on the world's engine, or through `host`, with the Docker configuration of `env`: where
 * there is none it is empty, and never that of the machine.
 */
export function install(
  world: World,
  options: InstallOptions,
  host: string = world.host,
  env: Record<string, string | undefined> = {},
): ObservedInstall {
  const engine = connect({ host, env: { DOCKER_CONFIG: world.folder, ...env } })
  const policy = { retry: { baseMs: 10 }, ...options.policy }
  const flow = installPlugin(engine, { ...options, policy })
  const states: string[] = []
  flow.transition$.subscribe({ next: ({ to }) => states.push(to), complete: () => engine.close() })
  return { ...flow, states }
}

/** Resolves when the flow enters a state, or is in it. */
export async function entering(flow: PluginInstall, state: string): Promise<void> {
  await firstValueFrom(
    flow.transition$.pipe(
      filter(({ to }) => to === state),
      timeout(LIMIT_MS),
    ),
  )
}

/** The error of the flow; an install that succeeds is an error here. */
export async function failure(flow: PluginInstall): Promise<InstallError> {
  try {
    await flow.result
  } catch (error) {
    if (isInstallError(error)) return error
    throw error
  }
  throw new Error('the install was to fail, and did not')
}

/** The plugins of the engine, from the engine itself: names, with what is special about them. */
export async function onEngine(engine: Pick<World, 'plugins'>): Promise<string[]> {
  const plugins = await engine.plugins()
  return plugins.map(({ Name, Enabled }) => `${Name} ${Enabled ? 'enabled' : 'disabled'}`).sort()
}

/**
 * Resolves when no pull runs on the engine that ran before. A removal starts a garbage collection that
 * waits for the pulls that run, and new pulls wait for it.
 */
export async function pullsEnded(world: World): Promise<void> {
  const name = 'barrier:latest'
  const query = new URLSearchParams({ remote: world.reference('late'), name })
  for (const _ of ['to have something to remove', 'to wait']) {
    await world.api('POST', `/plugins/pull?${query}`, null)
    await world.api('DELETE', `/plugins/${name}`)
  }
}
