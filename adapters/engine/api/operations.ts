import type { OperationId } from '../../../machines/engine.ts'
import { containerList } from './containerList.ts'
import { distributionInspect } from './distributionInspect.ts'
import { getPluginPrivileges } from './getPluginPrivileges.ts'
import { networkList } from './networkList.ts'
import { nodeList } from './nodeList.ts'
import type { Operation } from './operation.ts'
import { pluginDelete } from './pluginDelete.ts'
import { pluginDisable } from './pluginDisable.ts'
import { pluginEnable } from './pluginEnable.ts'
import { pluginInspect } from './pluginInspect.ts'
import { pluginList } from './pluginList.ts'
import { pluginPull } from './pluginPull.ts'
import { pluginSet } from './pluginSet.ts'
import { pluginUpgrade } from './pluginUpgrade.ts'
import { systemAuth } from './systemAuth.ts'
import { systemEvents } from './systemEvents.ts'
import { systemInfo } from './systemInfo.ts'
import { systemPing } from './systemPing.ts'
import { systemVersion } from './systemVersion.ts'
import { volumeList } from './volumeList.ts'

/** Every operation, by Docker's `operationId`. */
export const operations: { readonly [Id in OperationId]: Operation<Id> } = {
  containerList,
  distributionInspect,
  getPluginPrivileges,
  networkList,
  nodeList,
  pluginDelete,
  pluginDisable,
  pluginEnable,
  pluginInspect,
  pluginList,
  pluginPull,
  pluginSet,
  pluginUpgrade,
  systemAuth,
  systemEvents,
  systemInfo,
  systemPing,
  systemVersion,
  volumeList,
}
