import { defined } from '../../machines/defined.ts'
import { isPulledFrom } from '../../machines/reference.ts'
import type {
  FoundOnTarget,
  PlannedPlugin,
  PlannedTarget,
  RolloutKind,
  TargetAction,
} from '../../machines/rollout/plan.ts'
import type { FleetTarget } from './fleetFile.ts'
import type { TargetLook } from './lookAtTarget.ts'

/** Returns a target with the plugin found on it and the action of the rollout. */
export function judgeTarget(
  { id, zone, labels, access }: FleetTarget,
  look: TargetLook,
  kind: RolloutKind,
  plugin: PlannedPlugin,
): PlannedTarget {
  const target = { id, ...defined({ zone }), labels: { ...labels }, access }
  if ('unreachable' in look) {
    const found = { state: 'unreachable', why: look.unreachable } as const
    return { ...target, found, does: { action: kind } }
  }
  const { engineId, takesDigests, present } = look
  const found: FoundOnTarget = present
    ? {
        state: 'present',
        digest: compareDigests(present.digest, plugin.digest),
        reference: present.reference,
        enabled: present.enabled,
        ...defined({ inUse: present.inUse }),
        takesDigests,
      }
    : { state: 'absent', takesDigests }
  const isSet = present?.isSet ?? false
  return { ...target, engineId, found, does: actionFor(kind, found, plugin, isSet) }
}

function compareDigests(found: string | undefined, wanted: string | undefined) {
  if (found === undefined || wanted === undefined) return 'unknown'
  return found === wanted ? 'same' : 'other'
}

const NOTHING: TargetAction = { action: 'nothing' }

function actionFor(
  kind: RolloutKind,
  found: FoundOnTarget,
  { reference }: PlannedPlugin,
  isSet: boolean,
): TargetAction {
  const skip = (why: string): TargetAction => ({ action: 'skip', why })
  const isPresent = found.state === 'present'
  if (kind === 'remove') {
    if (!isPresent) return NOTHING
    return found.inUse ? skip('the plugin is in use') : { action: kind }
  }
  if (found.state !== 'unreachable' && !found.takesDigests && reference.includes('@')) {
    return skip('the engine would crash on a reference with a digest')
  }
  if (kind === 'upgrade') {
    if (!isPresent) return skip('there is no plugin of this name')
    return found.digest === 'same' && isSet ? NOTHING : { action: kind }
  }
  if (!isPresent) return { action: kind }
  if (!isPulledFrom({ PluginReference: found.reference }, reference) || found.digest === 'other') {
    return skip('a plugin of this name is there with other content: plan an upgrade')
  }
  if (!found.enabled) return skip('the plugin is there and disabled: enable or remove it')
  return isSet ? NOTHING : skip('the plugin is there with other settings: plan an upgrade')
}
