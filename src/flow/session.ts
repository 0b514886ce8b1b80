import {
  type Actor,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventFrom,
  type InspectionEvent,
  type OutputFrom,
} from 'xstate'
import type { ConsentRequest } from '../../machines/consent.ts'
import { defined } from '../../machines/defined.ts'
import { onAbort } from '../../machines/onAbort.ts'
import { statePath } from '../../machines/statePath.ts'
import { runOf } from './flowRun.ts'
import { loadOnce } from './loadOnce.ts'
import type { Observed } from './observed.ts'
import type { Time } from './retry/time.ts'
import { NAMES, observed, type Shown, show } from './shown.ts'
import type { FlowOptions, Transition } from './types.ts'

const inspecting = loadOnce(() => import('./inspection/inspectFlow.ts'))

/** The actor of a flow, whose states and questions it shows. Nothing happens before `start`. */
export class Session<Machine extends AnyStateMachine> {
  /** The actor itself, by which its work is found. */
  readonly ref: Actor<Machine>
  /** The output. Rejects only where the machine itself is broken. */
  readonly ended: Promise<NonNullable<OutputFrom<Machine>>>
  readonly #signal: AbortSignal | undefined
  readonly #cancelEvent: EventFrom<Machine>
  readonly #transition: Observed<Transition>
  readonly #shown: Shown<ConsentRequest>
  /** Until then the inspector has not got all that happened. */
  readonly #inspected: Promise<void> | undefined
  #state: string | undefined
  #release: (() => void) | undefined
  #resolve!: (output: NonNullable<OutputFrom<Machine>>) => void
  #reject!: (broken: unknown) => void

  /**
   * @param machine of this session alone
   * @param cancelEvent the event that `cancel` sends
   */
  constructor(
    machine: Machine,
    { inspect, signal }: Pick<FlowOptions, 'inspect' | 'signal'>,
    clock: Time,
    cancelEvent: EventFrom<Machine>,
    transition: Observed<Transition>,
    shown: Shown<ConsentRequest>,
  ) {
    this.#signal = signal
    this.#cancelEvent = cancelEvent
    this.#transition = transition
    this.#shown = shown
    const inspection = inspect && inspectLater(inspect)
    this.#inspected = inspection?.loaded
    const actor = createActor<AnyStateMachine>(machine, {
      clock,
      ...(inspection && { inspect: inspection.tell }),
    })
    this.ref = actor as unknown as Actor<Machine>
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    actor.subscribe(this)
  }

  start(): void {
    const { ref } = this
    ref.start()
    if (!this.#signal || (ref.getSnapshot() as AnyMachineSnapshot).status !== 'active') return
    if (this.#signal.aborted) this.cancel()
    else this.#release = onAbort(this.#signal, () => this.cancel())
  }

  /** `false`: the state takes no such event. */
  send(event: EventFrom<Machine>): boolean {
    const accepted = (this.ref.getSnapshot() as AnyMachineSnapshot).can(event)
    if (accepted) this.ref.send(event)
    return accepted
  }

  cancel(): boolean {
    return this.send(this.#cancelEvent)
  }

  next(snapshot: AnyMachineSnapshot): void {
    const from = this.#state
    const to = statePath(snapshot.value)
    const run = runOf(this.ref)
    if (run && to !== from) {
      this.#state = to
      this.#transition.next(defined({ from, to, event: run.event, at: Date.now() }))
    }
    const { value, context } = snapshot
    // Each chart asks in states of these names.
    const asks = (name: string) => value === name && context.asksPerson
    show(this.#shown, 'consent', asks('awaitConsent') ? context.consentRequest : undefined)
    const registry: string | undefined = asks('reauth') ? context.names.registry : undefined
    const reason = registry && run?.loaded?.credentialsReason(registry)
    const attempt = context.credentialsAttempt as number
    show(this.#shown, 'credentials', reason && registry ? { registry, attempt, reason } : undefined)
    if (snapshot.status !== 'done') return
    this.#end()
    const end = () => this.#resolve(snapshot.output)
    if (this.#inspected) void this.#inspected.then(end, end)
    else end()
  }

  error(broken: unknown): void {
    this.#end()
    this.#reject(broken)
  }

  #end(): void {
    this.#release?.()
    for (const name of NAMES) observed(this.#shown, name).complete()
    this.#transition.complete()
  }
}

/**
 * `inspectFlow`, loaded for the flows that are inspected: few are. Events until it is there are
 * kept, and reported then in their order.
 */
export function inspectLater(inspect: NonNullable<FlowOptions['inspect']>): {
  tell(event: InspectionEvent): void
  loaded: Promise<void>
} {
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
  return { tell: (event) => tell(event), loaded: inspecting().then(begin, giveUp) }
}
