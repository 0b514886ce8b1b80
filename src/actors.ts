/** Flows as actor logic, for a machine of the host that invokes or spawns them. */
export type { InstallEmitted, InstallEvent } from '../machines/plugin-install/events.ts'
export { type InstallSnapshot, makeSnapshot } from '../machines/plugin-install/snapshot.ts'
export type { InstallOutput } from '../machines/plugin-install/types.ts'
export { authenticate } from './flow/flowLogic.ts'
export { type InstallLogic, installLogic } from './flow/installLogic.ts'
