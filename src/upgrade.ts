/**
 * Upgrades of plugins: an entry of its own, so that a host which only installs does not load a second chart. Nothing here
 * needs Node.js.
 */
export type { EffectItem, Observed } from '../machines/plugin-upgrade/effect.ts'
export type { UpgradeEmitted, UpgradeEvent } from '../machines/plugin-upgrade/events.ts'
export type { Fate, PlanEntry, UpgradePlan } from '../machines/plugin-upgrade/planUpgrade.ts'
export { pluginUpgradeMachine } from '../machines/plugin-upgrade/pluginUpgradeMachine.ts'
export type { UpgradeSnapshot } from '../machines/plugin-upgrade/snapshot.ts'
export type {
  UpgradeConsent,
  UpgradeConsentRequest,
  UpgradedPlugin,
  UpgradeOutput,
  UpgradeTimeouts,
  WayBack,
} from '../machines/plugin-upgrade/types.ts'
export { noNewPrivileges } from './flow/consent/noNewPrivileges.ts'
export { isUpgradeError, UpgradeError } from './flow/errors.ts'
export type { PlannedUpgrade } from './flow/makeUpgradePlan.ts'
export {
  type PlanUpgradeOptions,
  type PluginUpgrade,
  planUpgrade,
  type ResumeUpgradeOptions,
  resumeUpgrade,
  type UpgradeFlowOptions,
  type UpgradeLogic,
  type UpgradeOptions,
  upgradeLogic,
  upgradePlugin,
} from './flow/upgrade.ts'
