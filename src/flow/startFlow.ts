import { createActor, type InspectionEvent, type SnapshotFrom } from 'xstate'
import type { CredentialsRequest } from '../../machines/engine.ts'
import type { PersonEvent } from '../../machines/plugin-install/events.ts'
import { credentialsInput } from '../../machines/plugin-install/inputs.ts'
import type { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import { makeSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type {
  ConsentRequest,
  InstalledPlugin,
  InstallInput,
} from '../../machines/plugin-install/types.ts'
import { installMachine, provideWork } from './actors.ts'
import type { FlowWork, WorkSurroundings } from './flowWork.ts'
import { inspectLater } from './inspection/inspectLater.ts'
import { InstallError } from './installError.ts'
import { notLoaded } from './notLoaded.ts'
import { observePending, observeProgress, observeRetries, observeTransitions } from './observe.ts'
import { recorded } from './recorded.ts'
import { completePolicy } from './retry/policy.ts'
import { createStay } from './retry/stay.ts'
import { processTime, type Time } from './retry/time.ts'
import type { Engine, FlowOptions, PluginInstall } from './types.ts'

/** What tests have of their own. */
export interface StartOptions {
  time?: Time
  /** How what the actors do is come by. */
  load?: typeof loadWork
}

/**
 * Starts a flow, of a new run or of one that is taken up again.
 *
 * @param values of the secret settings, by `NAME[.FIELD]`; cleared when the flow has ended
 */
export function startFlow(
  engine: Engine,
  input: InstallInput,
  options: FlowOptions,
  values = new Map<string, string>(),
  { time = processTime, load = loadWork }: StartOptions = {},
): PluginInstall {
  const policy = completePolicy(options.policy)
  const transitions = observeTransitions(Date.now)
  const progress = observeProgress()
  const stay = createStay(input.timeouts, time.now)
  const retries = observeRetries(stay.state, Date.now)
  const consent = observePending<ConsentRequest>()
  const credentials = observePending<CredentialsRequest>()
  const inspection = options.inspect && inspectLater(options.inspect)
  const inspect = (event: InspectionEvent) => {
    transitions.inspect(event)
    inspection?.(event)
  }
  const actor = createActor(installMachine, { input, inspect, clock: time })
  let work: FlowWork | undefined
  const loading = load({
    engine,
    options,
    values,
    policy,
    time,
    left: stay.left,
    tell: retries.tell,
    show: progress.show,
    record: () => record(),
  }).then((loaded) => {
    work = loaded
    return loaded
  })
  provideWork(actor.system, loading)
  const snapshot = () => makeSnapshot(actor.getSnapshot())
  const record = async () => options.journal?.(snapshot())
  const written = async () => {
    if (options.journal) await recorded(record(), time)
  }
  const send = (event: PersonEvent): boolean => {
    const accepted = actor.getSnapshot().can(event)
    if (accepted) actor.send(event)
    return accepted
  }
  const cancel = () => send({ type: 'install.cancel' })
  const end = () => {
    options.signal?.removeEventListener('abort', cancel)
    values.clear()
    // What could not be loaded holds nothing.
    void loading.then(({ forget }) => forget()).catch(() => {})
    for (const observed of [transitions, progress, retries, consent, credentials]) {
      observed.complete()
    }
  }
  const result = new Promise<InstalledPlugin>((resolve, reject) => {
    const next = (snapshot: MachineSnapshot) => {
      stay.enter(snapshot.value)
      transitions.show(snapshot.value)
      consent.show(askedConsent(snapshot))
      credentials.show(askedCredentials(snapshot, work))
      const output = snapshot.output
      if (!output) return
      end()
      // What became of it is told even where it cannot be written down, or not in time.
      void written().then(() => {
        if (output.state === 'done') resolve(output.plugin)
        else reject(new InstallError(output.failure, output.rollback))
      })
    }
    const error = (broken: unknown) => {
      end()
      reject(broken)
    }
    actor.subscribe({ next, error })
  })
  // A host that watches only the states must not be ended by an unhandled rejection.
  result.catch(() => {})
  actor.start()
  options.signal?.addEventListener('abort', cancel, { once: true })
  if (options.signal?.aborted) cancel()

  return {
    transition$: transitions.value$,
    progress$: progress.value$,
    retry$: retries.value$,
    consent$: consent.value$,
    credentials$: credentials.value$,
    result,
    grant(request, who) {
      const event = { type: 'consent.grant', ...(who === undefined ? {} : { who }) } as const
      return consent.isCurrent(request) && send(event)
    },
    deny(reason, request) {
      const event = { type: 'consent.deny', ...(reason === undefined ? {} : { reason }) } as const
      return consent.isCurrent(request) && send(event)
    },
    authenticate(given) {
      const asked = credentials.current()
      if (!asked || !work) return false
      return send({ type: 'credentials.submit', account: work.submit(asked.registry, given) })
    },
    cancel,
    snapshot,
    actor: {
      id: actor.id,
      subscribe: actor.subscribe.bind(actor),
      getSnapshot: () => actor.getSnapshot(),
    },
  }
}

/**
 * With the first state, and so before anything is changed: what takes back must not be missing when
 * it is needed.
 */
async function loadWork(surroundings: WorkSurroundings): Promise<FlowWork> {
  const { createFlowWork } = await import('./flowWork.ts').catch(notLoaded)
  return createFlowWork(surroundings)
}

type MachineSnapshot = SnapshotFrom<typeof pluginInstallMachine>

function askedConsent({ value, context }: MachineSnapshot): ConsentRequest | undefined {
  return value === 'awaitConsent' && context.asksPerson ? context.consentRequest : undefined
}

function askedCredentials(
  { value, context }: MachineSnapshot,
  work: FlowWork | undefined,
): CredentialsRequest | undefined {
  if (value !== 'reauth' || !context.asksPerson || !work) return undefined
  return { ...credentialsInput({ context }), reason: work.credentialsReason() }
}
