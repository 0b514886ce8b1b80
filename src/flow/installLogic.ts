import type { ActorLogic, ActorSystem, ActorSystemInfo, SnapshotFrom } from 'xstate'
import type { InstallEmitted, InstallEvent } from '../../machines/plugin-install/events.ts'
import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import { type InstallSnapshot, makeSnapshot } from '../../machines/plugin-install/snapshot.ts'
import { actorsOf, makeLogic } from './flowLogic.ts'
import type { FlowKind } from './flowRun.ts'
import { toInput, toResumedInput } from './input.ts'
import { loadOnce } from './loadOnce.ts'
import type { Engine, InstallOptions } from './types.ts'

const implementations = loadOnce(() => import('./implementations.ts'))

/** The chart of an install with its actors. */
export const installMachine = pluginInstallMachine.provide({
  actors: actorsOf(pluginInstallMachine),
})

export type InstallMachine = typeof installMachine

export const installKind: FlowKind<InstallMachine, InstallSnapshot> = {
  machine: installMachine,
  makeSnapshot,
  restoreInput: toResumedInput,
  async load(dependencies) {
    const { createImplementations } = await implementations()
    return createImplementations(dependencies)
  },
}

/** An install as actor logic. Its input, which is optional, goes before the options it was made with. */
export type InstallLogic = ActorLogic<
  SnapshotFrom<InstallMachine>,
  InstallEvent,
  Partial<InstallOptions> | undefined,
  ActorSystem<ActorSystemInfo>,
  InstallEmitted
>

/**
 * An install to be invoked or spawned by any XState machine; many run at once in one system. The parent
 * grants, denies and cancels by the events of the chart, and hears `progress` and `retry` as emitted
 * events. Stopped, it closes its connections and takes nothing back: `journal` gets its last snapshot,
 * which `resumeInstall` takes back or goes on with.
 */
export function installLogic(engine: Engine, options: InstallOptions): InstallLogic {
  const begin = (overrides: Partial<InstallOptions> = {}) => toInput({ ...options, ...overrides })
  return makeLogic(installKind, engine, options, begin) as unknown as InstallLogic
}
