import { type AnyActorRef, fromPromise } from 'xstate'
import { EngineError } from '../machines/errors.ts'
import type { PullProgress } from '../machines/plugin-install/hasContent.ts'
import type {
  AuthRequest,
  EnableRequest,
  InspectRequest,
  SetRequest,
} from '../machines/plugin-install/inputs.ts'
import { type LookUpRequest, lookUpPlugin } from '../machines/plugin-install/lookUpPlugin.ts'
import { pluginInstallMachine } from '../machines/plugin-install/pluginInstallMachine.ts'
import { checkSettings } from '../machines/plugin-install/settings.ts'
import { type PullEnd, startPull } from '../machines/plugin-install/startPull.ts'
import { type TakeBackRequest, takeBack } from '../machines/plugin-install/takeBack.ts'
import type { ConsentDecision, ConsentRequest } from '../machines/plugin-install/types.ts'
import type {
  CredentialsReason,
  CredentialsRequest,
  PluginEngine,
  PullRequest,
  RegistryAuth,
} from '../machines/ports.ts'
import type { JSONMessage } from '../machines/types.ts'
import type { PullTurns } from './pullTurns.ts'
import type { Retries } from './retry/createRetries.ts'
import { pause, type Time } from './retry/time.ts'
import type { FlowSecrets } from './secrets/keepSecrets.ts'
import type { ConsentPolicy } from './types.ts'

/** What the actors of one flow work with. */
export interface Surroundings {
  engine: PluginEngine
  retries: Retries
  time: Time
  auth: RegistryAuth
  secrets: Pick<FlowSecrets, 'fill' | 'has'>
  consent: ConsentPolicy | undefined
  /** Credentials come from a function, whose "none" is final, and not from a person. */
  hasCredentialsSource: boolean
  credentialsReason(): CredentialsReason
  /** Writes down where the flow is, before it changes the engine. */
  record(): Promise<void>
  /** A line of the pull came in; the pull ended well. */
  progress: { add(message: JSONMessage): void; now(): PullProgress; finish(): void }
  turns: PullTurns
  /** Of the pull that was asked for last, since the last look. */
  pullEnd?: Promise<PullEnd> | undefined
}

/** Of a pull that nothing was sent of. */
const NOT_BEGUN: Promise<PullEnd> = Promise.resolve({ ownership: 'nothing' })

/**
 * A flow's surroundings by its actor system. To provide actors to the machine for each flow would
 * make all of the chart anew each time, which takes longer than the flow's own work.
 */
const surroundings = new WeakMap<AnyActorRef['system'], Surroundings>()

/** Gives a flow what its actors work with, before it starts. */
export function surround(system: AnyActorRef['system'], by: Surroundings): void {
  surroundings.set(system, by)
}

/**
 * The chart with its actors. Leaving a state aborts its actor's signal, and with it the request.
 */
export const installMachine = pluginInstallMachine.provide({
  actors: {
    lookUpPlugin: actor((by, input: LookUpRequest, signal) => {
      const { retries, time, auth, secrets } = by
      by.pullEnd = undefined
      const ports = {
        engine: retries.patient,
        auth,
        pause: (ms: number) => pause(time, ms, signal),
        hasSecret: secrets.has,
      }
      return lookUpPlugin(ports, input, signal)
    }),
    requestCredentials: actor(async (by, input: AuthRequest, signal) => {
      await seen()
      const request = { ...input, reason: by.credentialsReason() }
      const account = await by.auth.request(request, signal)
      if (!account && by.hasCredentialsSource) throw noCredentials(request)
      return account
    }),
    decideConsent: actor(({ consent }, input: ConsentRequest, signal) =>
      decide(consent, input, signal),
    ),
    pluginPull: actor(async (by, input: PullRequest, signal) => {
      by.pullEnd = NOT_BEGUN
      const endTurn = await by.turns.take(input.name, signal)
      try {
        await by.record()
        signal.throwIfAborted()
        const { engine, progress, time } = by
        const ports = { engine, progress, clock: time.now, pause: (ms: number) => pause(time, ms) }
        const pulled = await by.retries.untilSeen(() => {
          const { result, end } = startPull(ports, input, signal)
          by.pullEnd = end
          return result
        }, signal)
        progress.finish()
        return pulled
      } finally {
        // A pull that nobody waits for any more may go on for a while.
        void by.pullEnd?.then(endTurn)
      }
    }),
    pluginInspect: actor(({ retries }, { name }: InspectRequest, signal) =>
      retries.patient.pluginInspect(name, signal),
    ),
    pluginSet: actor(async (by, { plugin, settings }: SetRequest, signal) => {
      checkSettings(plugin.Config, settings)
      const filled = by.secrets.fill(settings)
      await by.record()
      await by.retries.patient.pluginSet(plugin.Id, filled, signal)
      return undefined
    }),
    pluginEnable: actor(async ({ retries, record }, { id, timeout }: EnableRequest, signal) => {
      await record()
      await retries.patient.pluginEnable(id, timeout, signal)
      return undefined
    }),
    takeBack: actor(async (by, input: TakeBackRequest, signal) => {
      const { engine, retries, record, pullEnd } = by
      // What cannot be written down has to be taken back all the same.
      await record().catch(() => {})
      // Of a pull that nobody waits for any more it is known by now how it ended.
      const ended = input.ownership === 'uncertain' ? await pullEnd : undefined
      const ports = { engine, ...retries.rollback(signal) }
      return takeBack(ports, { ...input, ...ended }, signal)
    }),
  },
})

function actor<Input, Output>(
  run: (by: Surroundings, input: Input, signal: AbortSignal) => Promise<Output>,
) {
  return fromPromise<Output, Input>(({ input, signal, system }) => {
    const by = surroundings.get(system)
    if (!by) throw new Error('the flow has no surroundings')
    return run(by, input, signal)
  })
}

/** Actors start before their state is told: a turn later the host has seen it. */
function seen(): Promise<void> {
  return Promise.resolve()
}

async function decide(
  policy: ConsentPolicy | undefined,
  request: ConsentRequest,
  signal: AbortSignal,
): Promise<ConsentDecision> {
  await seen()
  const answer = await policy?.(request, signal)
  return typeof answer === 'boolean' ? { granted: answer } : answer
}

function noCredentials({ registry, reason }: CredentialsRequest): EngineError {
  const said = reason === 'missing' ? 'wants credentials' : 'did not accept the credentials'
  return new EngineError(
    'unauthorized',
    `the registry ${registry} ${said}: docker login ${registry}`,
  )
}
