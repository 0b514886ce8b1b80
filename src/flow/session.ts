import {
  type Actor,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventFrom,
  type InspectionEvent,
  type OutputFrom,
  type SnapshotFrom,
  type StateValue,
} from 'xstate'
import { defined } from '../../machines/defined.ts'
import { onAbort } from '../../machines/onAbort.ts'
import { statePath } from '../../machines/statePath.ts'
import type { Observed } from './observed.ts'
import type { Time } from './retry/time.ts'
import type { FlowOptions, Transition } from './types.ts'

interface SessionOptions<Machine extends AnyStateMachine>
  extends Pick<FlowOptions, 'inspect' | 'signal'> {
  clock: Time
  transition: Observed<Transition>
  /** The event that `cancel` sends. */
  cancelEvent: EventFrom<Machine>
  /** Called with every snapshot, after its transition was shown. */
  show(snapshot: SnapshotFrom<Machine>): void
  /** Called once, before `ended` settles. */
  end(): void
}

/**
 * Makes any machine of this project observable. Nothing happens before `start`.
 *
 * @param machine of this session alone
 */
export function openSession<Machine extends AnyStateMachine>(
  machine: Machine,
  options: SessionOptions<Machine>,
) {
  const showTransition = observeTransitions(machine, options.transition)
  const inspect = options.inspect && inspectLater(options.inspect)
  const started = createActor<AnyStateMachine>(machine, {
    clock: options.clock,
    ...(inspect && { inspect }),
  })
  const ref = started as unknown as Actor<Machine>
  /** `false`: the state takes no such event. */
  const send = (event: EventFrom<Machine>): boolean => {
    const accepted = started.getSnapshot().can(event)
    if (accepted) started.send(event)
    return accepted
  }
  const cancel = () => send(options.cancelEvent)
  let release = () => {}
  const end = () => {
    release()
    options.end()
    options.transition.complete()
  }
  /** The output. Rejects only where the machine itself is broken. */
  const ended = new Promise<NonNullable<OutputFrom<Machine>>>((resolve, reject) => {
    const next = (snapshot: AnyMachineSnapshot) => {
      showTransition(snapshot.value)
      options.show(snapshot as SnapshotFrom<Machine>)
      if (snapshot.status !== 'done') return
      end()
      resolve(snapshot.output)
    }
    const error = (broken: unknown) => {
      end()
      reject(broken)
    }
    started.subscribe({ next, error })
  })
  return {
    ended,
    /** The actor itself, by which its work is found. */
    ref,
    start() {
      ref.start()
      if (!options.signal || started.getSnapshot().status !== 'active') return
      if (options.signal.aborted) cancel()
      else release = onAbort(options.signal, cancel)
    },
    send,
    cancel,
  }
}

/** Returns what shows the step to a state: a snapshot does not say which event led to it. */
function observeTransitions(machine: AnyStateMachine, shown: Observed<Transition>) {
  const transition = machine.transition.bind(machine)
  let event = { type: 'xstate.init' }
  let from: string | undefined
  // In its place: another object with this machine as its prototype would be a shape of its own, for each flow.
  machine.transition = (snapshot, taken, scope) => {
    event = { type: taken.type }
    return transition(snapshot, taken, scope)
  }
  return (value: StateValue) => {
    const to = statePath(value)
    if (to === from) return
    shown.next(defined({ from, to, event, at: Date.now() }))
    from = to
  }
}

/**
 * `inspectFlow`, loaded for the flows that are inspected: few are. Events until it is there are
 * kept, and reported then in their order.
 */
export function inspectLater(
  inspect: NonNullable<FlowOptions['inspect']>,
): (event: InspectionEvent) => void {
  const early: InspectionEvent[] = []
  let tell = (event: InspectionEvent): void => {
    early.push(event)
  }
  const begin = ({ inspectFlow }: typeof import('./inspection/inspectFlow.ts')) => {
    const later = inspectFlow(inspect)
    // An event that an observer causes comes after the one that it observes.
    for (const event of early) later(event)
    tell = later
  }
  const giveUp = () => {
    // The flow, whose other parts are not there either, says so itself.
    tell = () => {}
  }
  void import('./inspection/inspectFlow.ts').then(begin, giveUp)
  return (event) => tell(event)
}
