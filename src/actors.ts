import { setTimeout } from 'node:timers/promises'
import { fromPromise } from 'xstate'
import { EngineError } from '../machines/errors.ts'
import type { PullProgress } from '../machines/plugin-install/hasContent.ts'
import type {
  AuthRequest,
  EnableRequest,
  InspectRequest,
  SetRequest,
} from '../machines/plugin-install/inputs.ts'
import type { Pause } from '../machines/plugin-install/inspectSettled.ts'
import { type LookUpRequest, lookUpPlugin } from '../machines/plugin-install/lookUpPlugin.ts'
import { checkSettings } from '../machines/plugin-install/settings.ts'
import { type RunningPull, startPull } from '../machines/plugin-install/startPull.ts'
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
import type { ConsentPolicy } from './types.ts'

interface Surroundings {
  engine: PluginEngine
  auth: RegistryAuth
  consent: ConsentPolicy | undefined
  /** Credentials come from a function, whose "none" is final, and not from a person. */
  hasCredentialsSource: boolean
  credentialsReason(): CredentialsReason
  /** Writes down where the flow is, before it changes the engine. */
  record(): Promise<void>
  /** A line of the pull came in; the pull ended well. */
  progress: { add(message: JSONMessage): void; now(): PullProgress; finish(): void }
}

/**
 * The chart's actors, bound to one engine and one host. Leaving a state aborts its actor's signal,
 * and with it the request.
 */
export function createActors(surroundings: Surroundings) {
  const { engine, auth, consent, hasCredentialsSource, credentialsReason, record, progress } =
    surroundings
  let pull: RunningPull | undefined
  return {
    lookUpPlugin: fromPromise(({ input, signal }: Call<LookUpRequest>) =>
      lookUpPlugin({ engine, auth, pause: pauseUntil(signal) }, input, signal),
    ),
    requestCredentials: fromPromise(async ({ input, signal }: Call<AuthRequest>) => {
      await seen()
      const request = { ...input, reason: credentialsReason() }
      const account = await auth.request(request, signal)
      if (!account && hasCredentialsSource) throw noCredentials(request)
      return account
    }),
    decideConsent: fromPromise(({ input, signal }: Call<ConsentRequest>) =>
      decide(consent, input, signal),
    ),
    pluginPull: fromPromise(async ({ input, signal }: Call<PullRequest>) => {
      await record()
      signal.throwIfAborted()
      const ports = { engine, progress, clock: () => performance.now(), pause: wait }
      pull = startPull(ports, input, signal)
      const pulled = await pull.result
      progress.finish()
      return pulled
    }),
    pluginInspect: fromPromise(({ input, signal }: Call<InspectRequest>) =>
      engine.pluginInspect(input.name, signal),
    ),
    pluginSet: fromPromise(async ({ input: { plugin, settings }, signal }: Call<SetRequest>) => {
      checkSettings(plugin.Config, settings)
      await record()
      await engine.pluginSet(plugin.Id, settings, signal)
      return undefined
    }),
    pluginEnable: fromPromise(async ({ input: { id, timeout }, signal }: Call<EnableRequest>) => {
      await record()
      await engine.pluginEnable(id, timeout, signal)
      return undefined
    }),
    takeBack: fromPromise(async ({ input, signal }: Call<TakeBackRequest>) => {
      // What cannot be written down has to be taken back all the same.
      await record().catch(() => {})
      // Of a pull that nobody waits for any more it is known by now how it ended.
      const ended = input.ownership === 'uncertain' ? await pull?.end : undefined
      const request = { ...input, ...ended }
      return takeBack(engine, request, signal, pauseUntil(signal))
    }),
  }
}

/** Actors start before their state is told: a turn later the host has seen it. */
function seen(): Promise<void> {
  return Promise.resolve()
}

function wait(ms: number): Promise<void> {
  return setTimeout(ms)
}

/** A pause that ends with the state it belongs to. */
function pauseUntil(signal: AbortSignal): Pause {
  return (ms) => setTimeout(ms, undefined, { signal })
}

interface Call<Input> {
  input: Input
  signal: AbortSignal
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
