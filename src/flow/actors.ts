import { type AnyActorRef, fromPromise } from 'xstate'
import type { PullRequest } from '../../machines/engine.ts'
import type {
  AuthRequest,
  EnableRequest,
  InspectRequest,
  LookUpRequest,
  SetRequest,
  TakeBackRequest,
} from '../../machines/plugin-install/inputs.ts'
import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import type { ConsentRequest } from '../../machines/plugin-install/types.ts'
import type { FlowWork } from './flowWork.ts'

/**
 * The work of each flow, by its actor system. To provide actors to the machine for each flow would
 * make all of the chart anew each time, which takes longer than the flow's own work.
 */
const works = new WeakMap<AnyActorRef['system'], Promise<FlowWork>>()

/** Gives a flow the work that its actors do, before it starts. */
export function provideWork(system: AnyActorRef['system'], work: Promise<FlowWork>): void {
  works.set(system, work)
}

/**
 * The chart with its actors. Leaving a state aborts its actor's signal, and with it the request.
 */
export const installMachine = pluginInstallMachine.provide({
  actors: {
    lookUpPlugin: actor((work, input: LookUpRequest, signal) => work.lookUpPlugin(input, signal)),
    requestCredentials: actor((work, input: AuthRequest, signal) =>
      work.requestCredentials(input, signal),
    ),
    decideConsent: actor((work, input: ConsentRequest, signal) =>
      work.decideConsent(input, signal),
    ),
    pluginPull: actor((work, input: PullRequest, signal) => work.pluginPull(input, signal)),
    pluginInspect: actor((work, input: InspectRequest, signal) =>
      work.pluginInspect(input, signal),
    ),
    pluginSet: actor((work, input: SetRequest, signal) => work.pluginSet(input, signal)),
    pluginEnable: actor((work, input: EnableRequest, signal) => work.pluginEnable(input, signal)),
    takeBack: actor((work, input: TakeBackRequest, signal) => work.takeBack(input, signal)),
  },
})

function actor<Input, Output>(
  run: (work: FlowWork, input: Input, signal: AbortSignal) => Promise<Output>,
) {
  return fromPromise<Output, Input>(async ({ input, signal, system }) => {
    const work = works.get(system)
    if (!work) throw new Error('the flow has no work')
    // Actors start before their state is told: a turn later the host has seen it.
    const loaded = await work
    signal.throwIfAborted()
    return run(loaded, input, signal)
  })
}
