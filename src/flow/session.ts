import { type Observable, ReplaySubject } from 'rxjs'
import {
  type Actor,
  type ActorLogic,
  type ActorSystem,
  type ActorSystemInfo,
  type AnyActorLogic,
  type AnyMachineSnapshot,
  createActor,
  type EventObject,
  type InspectionEvent,
  type StateValue,
} from 'xstate'
import { statePath } from '../../machines/statePath.ts'
import { inspectLater } from './inspection/inspectLater.ts'
import type { Time } from './retry/time.ts'
import type { FlowOptions, Transition } from './types.ts'

/** A machine of this project, with what it needs to run. */
type Machine<
  Snapshot extends AnyMachineSnapshot,
  Event extends EventObject,
  Emitted extends EventObject,
> = ActorLogic<Snapshot, Event, undefined, ActorSystem<ActorSystemInfo>, Emitted>

export interface SessionOptions<Snapshot extends AnyMachineSnapshot, Event extends EventObject>
  extends Pick<FlowOptions, 'inspect' | 'signal'> {
  clock: Time
  /** The event that `cancel` sends. */
  cancelEvent: Event
  /** Called with every snapshot, after its transition was shown. */
  show(snapshot: Snapshot): void
  /** Called once, before `ended` settles. */
  end(): void
}

/** A machine that runs, as its host sees it. */
export interface Session<
  Snapshot extends AnyMachineSnapshot,
  Event extends EventObject,
  Emitted extends EventObject,
> {
  readonly transition$: Observable<Transition>
  /** The output. Rejects only where the machine itself is broken. */
  readonly ended: Promise<NonNullable<Snapshot['output']>>
  /** The actor, to be read and not to be spoken to. */
  readonly actor: Pick<Actor<Machine<Snapshot, Event, Emitted>>, 'id' | 'subscribe' | 'getSnapshot'>
  /** The actor itself, by which its work is found. */
  readonly ref: Actor<Machine<Snapshot, Event, Emitted>>
  start(): void
  /** `false`: the state takes no such event. */
  send(event: Event): boolean
  cancel(): boolean
}

/** Makes any machine of this project observable. Nothing happens before `start`. */
export function openSession<
  Snapshot extends AnyMachineSnapshot,
  Event extends EventObject,
  Emitted extends EventObject,
>(
  machine: Machine<Snapshot, Event, Emitted>,
  options: SessionOptions<Snapshot, Event>,
): Session<Snapshot, Event, Emitted> {
  const transitions = observeTransitions(machine)
  const inspect = options.inspect && inspectLater(options.inspect)
  const actor = createActor(transitions.observed as AnyActorLogic, {
    clock: options.clock,
    ...(inspect && { inspect: (event: InspectionEvent) => inspect(event) }),
  }) as Actor<Machine<Snapshot, Event, Emitted>>
  const send = (event: Event): boolean => {
    const accepted = actor.getSnapshot().can(event)
    if (accepted) actor.send(event)
    return accepted
  }
  const cancel = () => send(options.cancelEvent)
  const end = () => {
    options.signal?.removeEventListener('abort', cancel)
    options.end()
    transitions.complete()
  }
  const ended = new Promise<NonNullable<Snapshot['output']>>((resolve, reject) => {
    const next = (snapshot: Snapshot) => {
      transitions.show(snapshot.value)
      options.show(snapshot)
      if (snapshot.status !== 'done') return
      end()
      resolve(snapshot.output)
    }
    const error = (broken: unknown) => {
      end()
      reject(broken)
    }
    actor.subscribe({ next, error })
  })
  return {
    transition$: transitions.value$,
    ended,
    actor: {
      id: actor.id,
      subscribe: actor.subscribe.bind(actor),
      getSnapshot: () => actor.getSnapshot(),
    },
    ref: actor,
    start() {
      actor.start()
      options.signal?.addEventListener('abort', cancel, { once: true })
      if (options.signal?.aborted) cancel()
    },
    send,
    cancel,
  }
}

/** The machine, and its transitions: a snapshot does not say which event led to it. */
function observeTransitions<Logic extends AnyActorLogic>(machine: Logic) {
  const subject = new ReplaySubject<Transition>(1)
  let event = { type: 'xstate.init' }
  let from: string | undefined
  const observed: Logic = Object.create(machine)
  observed.transition = (snapshot, taken, scope) => {
    event = { type: taken.type }
    return machine.transition(snapshot, taken, scope)
  }
  return {
    observed,
    value$: subject.asObservable(),
    show(value: StateValue) {
      const to = statePath(value)
      if (to === from) return
      subject.next({ ...(from === undefined ? {} : { from }), to, event, at: Date.now() })
      from = to
    },
    complete: () => subject.complete(),
  }
}
