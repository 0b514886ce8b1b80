// Generated from the machines by `npm run layout`.
import type { ChartLayout } from './chartLayout.ts'
import { pluginInstallLayout } from './layouts/pluginInstall.generated.ts'
import { pluginUpgradeLayout } from './layouts/pluginUpgrade.generated.ts'

/** Where everything of a statechart stands that `<plugin-flow>` draws by itself, by the id of its machine. */
export const layouts: ReadonlyMap<string, ChartLayout> = new Map([
  ['pluginInstall', pluginInstallLayout],
  ['pluginUpgrade', pluginUpgradeLayout],
])
