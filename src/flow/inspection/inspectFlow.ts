import { Subject } from 'rxjs'
import {
  type Actor,
  type ActorRefLike,
  type AnyActorRef,
  type AnyEventObject,
  type AnyStateMachine,
  type InspectionEvent,
  type Snapshot,
  type SnapshotFrom,
  toObserver,
} from 'xstate'
import { isEngineError } from '../../../machines/errors.ts'
import type { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import type { pluginUpgradeMachine } from '../../../machines/plugin-upgrade/pluginUpgradeMachine.ts'
import type { FlowOptions } from '../types.ts'
import { shownContext, shownOutput } from './shownContext.ts'
import { shownUpgradeContext, shownUpgradeOutput } from './shownUpgrade.ts'

/**
 * Hands a flow's inspection events on with what may be seen of them. Actors are reported by
 * stand-ins that can be read and not spoken to. An error of the observer is thrown on its own, as
 * that of any other observer, and stops no flow. It is not completed: one inspector may watch many
 * flows.
 */
export function inspectFlow(
  inspect: NonNullable<FlowOptions['inspect']>,
): (event: InspectionEvent) => void {
  const observer = toObserver(inspect)
  const toStandIn = standIns()
  const events = new Subject<InspectionEvent>()
  events.subscribe((event) => {
    const shown = shownInspectionEvent(event, toStandIn)
    if (shown) observer.next?.(shown)
  })
  return (event) => events.next(event)
}

type ToStandIn = (actor: ActorRefLike) => ActorRefLike

/** `undefined`: of a kind that is not known, so neither is what it holds. */
function shownInspectionEvent(
  inspected: InspectionEvent,
  toStandIn: ToStandIn,
): InspectionEvent | undefined {
  const { rootId } = inspected
  const base = { rootId, actorRef: toStandIn(inspected.actorRef) }
  switch (inspected.type) {
    case '@xstate.actor':
      return { ...base, type: inspected.type }
    case '@xstate.event': {
      const sourceRef = inspected.sourceRef && toStandIn(inspected.sourceRef)
      return { ...base, type: inspected.type, sourceRef, event: shownEvent(inspected.event) }
    }
    case '@xstate.snapshot':
    case '@xstate.transition':
      return { ...base, type: inspected.type, ...shownStep(inspected) }
    case '@xstate.microstep':
      // The transitions are the chart's own: nothing of a run is in them.
      return {
        ...base,
        type: inspected.type,
        ...shownStep(inspected),
        _transitions: [...inspected._transitions],
      }
    case '@xstate.action': {
      const action = { type: inspected.action.type, params: undefined }
      return { ...base, type: inspected.type, action }
    }
    default:
      return undefined
  }
}

function shownStep({ event, snapshot }: { event: AnyEventObject; snapshot: Snapshot<unknown> }) {
  return { event: shownEvent(event), snapshot: shownSnapshot(snapshot) }
}

/** One stand-in an actor, so that they can be told apart by identity, as actors can. */
function standIns(): ToStandIn {
  const made = new WeakMap<ActorRefLike, ActorRefLike>()
  const toStandIn = (actor: ActorRefLike): ActorRefLike => {
    const known = made.get(actor)
    if (known) return known
    const { id, sessionId, src, _parent } = actor as AnyActorRef
    const standIn = {
      id,
      sessionId,
      ...(typeof src === 'string' && { src }),
      ...(_parent ? { _parent: toStandIn(_parent) } : { logic: { config: configOf(actor) } }),
      send() {},
      getSnapshot: () => shownSnapshot(actor.getSnapshot()),
    }
    made.set(actor, standIn)
    return standIn
  }
  return toStandIn
}

/** The chart as data, which inspectors draw. */
function configOf(actor: ActorRefLike): unknown {
  return (actor as Partial<Actor<AnyStateMachine>>).logic?.config
}

type FlowSnapshot = SnapshotFrom<typeof pluginInstallMachine>
type UpgradeFlowSnapshot = SnapshotFrom<typeof pluginUpgradeMachine>

/**
 * The parts of a snapshot that an inspector gets to see. Of the actors that a flow invokes that is whether
 * they run, and how they ended: their input and output stay hidden. An actor is reported before it
 * has a snapshot.
 */
export function shownSnapshot(snapshot: Snapshot<unknown> | undefined): Snapshot<unknown> {
  const { status, error } = snapshot ?? { status: 'active' }
  const shown = { status, error: status === 'error' ? shownError(error) : undefined }
  const flow = isFlowSnapshot(snapshot) ? shownFlow(snapshot) : { output: undefined }
  return { ...shown, ...flow } as Snapshot<unknown>
}

/** Only the flow itself has a context. */
function isFlowSnapshot(
  snapshot: Snapshot<unknown> | undefined,
): snapshot is FlowSnapshot | UpgradeFlowSnapshot {
  return snapshot !== undefined && 'context' in snapshot
}

function shownFlow(snapshot: FlowSnapshot | UpgradeFlowSnapshot) {
  const { value, tags } = snapshot
  const shown = isUpgrade(snapshot)
    ? [shownUpgradeContext(snapshot.context), shownUpgradeOutput(snapshot.output)]
    : [shownContext(snapshot.context), snapshot.output && shownOutput(snapshot.output)]
  return {
    value: structuredClone(value),
    tags: [...tags],
    context: shown[0],
    output: shown[1],
  }
}

function isUpgrade(snapshot: FlowSnapshot | UpgradeFlowSnapshot): snapshot is UpgradeFlowSnapshot {
  return 'phase' in snapshot.context
}

/**
 * The parts of an event that an inspector gets to see: which it is, of which actor, and the code of an error.
 * Inputs and outputs of actors, and what a person wrote, stay hidden; what they lead to is in the
 * context.
 */
export function shownEvent(event: AnyEventObject): AnyEventObject {
  const { type, actorId, account } = event
  return {
    type,
    ...(typeof actorId === 'string' && { actorId }),
    ...('error' in event && { error: shownError(event.error) }),
    ...(type === 'credentials.submit' && { account: { registry: account.registry } }),
  }
}

/** Anything but an `EngineError` came from the host's own code, and may hold anything. */
export function shownError(error: unknown): { code: string } {
  return { code: isEngineError(error) ? error.code : 'host-failed' }
}
