import { createRegistryAuth, type FlowAuth } from '../../adapters/docker/registryAuth.ts'
import { checkSettings } from '../../machines/checkSettings.ts'
import type { CredentialsReason, PullRequest, PullResult } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import type { Account, JSONMessage, Plugin } from '../../machines/plugin.ts'
import type {
  AuthRequest,
  EnableRequest,
  InspectRequest,
  LookUpRequest,
  SetRequest,
  TakeBackRequest,
} from '../../machines/plugin-install/inputs.ts'
import { lookUpPlugin } from '../../machines/plugin-install/steps/lookUpPlugin.ts'
import { type PullEnd, startPull } from '../../machines/plugin-install/steps/startPull.ts'
import { takeBack } from '../../machines/plugin-install/steps/takeBack.ts'
import type {
  ConsentDecision,
  ConsentRequest,
  PluginLookUp,
  RollbackReport,
} from '../../machines/plugin-install/types.ts'
import type { RetryNotice } from '../../machines/retry.ts'
import { createProgress, type Progress } from './progress.ts'
import { pullTurns } from './pullTurns.ts'
import { recorded } from './recorded.ts'
import { createRetries } from './retry/createRetries.ts'
import type { Policy } from './retry/policy.ts'
import { pause, type Time } from './retry/time.ts'
import { keepSecrets } from './secrets/keepSecrets.ts'
import type { Engine, FlowOptions } from './types.ts'

/** What a flow is given to work with. */
export interface WorkSurroundings {
  engine: Engine
  options: Pick<FlowOptions, 'consent' | 'credentials'>
  /** Values of the secret settings, by `NAME[.FIELD]`. */
  values: ReadonlyMap<string, string>
  policy: Pick<Policy, 'retry' | 'rollback'>
  time: Time
  /** Milliseconds that the flow may still stay in its state. */
  left(): number
  /** Told before each wait for another attempt. */
  tell(notice: RetryNotice): void
  /** Told of each change of the progress. */
  show(progress: () => Progress): void
  /** Writes down where the flow is, before it changes the engine. */
  record(): Promise<void>
}

/** What the actors of one flow do: a method for each. The signal fires when its state is left. */
export interface FlowWork {
  lookUpPlugin(input: LookUpRequest, signal: AbortSignal): Promise<PluginLookUp>
  requestCredentials(input: AuthRequest, signal: AbortSignal): Promise<Account | undefined>
  decideConsent(input: ConsentRequest, signal: AbortSignal): Promise<ConsentDecision>
  pluginPull(input: PullRequest, signal: AbortSignal): Promise<PullResult>
  pluginInspect(input: InspectRequest, signal: AbortSignal): Promise<Plugin | undefined>
  pluginSet(input: SetRequest, signal: AbortSignal): Promise<undefined>
  pluginEnable(input: EnableRequest, signal: AbortSignal): Promise<undefined>
  takeBack(input: TakeBackRequest, signal: AbortSignal): Promise<RollbackReport>
  /** Takes credentials that a person entered. */
  submit: FlowAuth['submit']
  /** Why credentials are asked for. */
  credentialsReason(): CredentialsReason
  /** Drops what is secret. */
  forget(): void
}

/** Of a pull that nothing was sent of. */
const NOT_BEGUN: Promise<PullEnd> = Promise.resolve({ ownership: 'nothing' })

export function createFlowWork(by: WorkSurroundings): FlowWork {
  const { options, time, record } = by
  const auth = createRegistryAuth({
    configured: (registry, signal) => by.engine.configured(registry, signal),
    ...(options.credentials && { source: options.credentials }),
  })
  const secrets = keepSecrets(by.values)
  const engine = secrets.guard(by.engine.operations(() => auth.header()))
  const retries = createRetries(engine, by)
  const progress = shownProgress(by.show)
  const turns = pullTurns(by.engine)
  const credentialsReason = () => (auth.header() === undefined ? 'missing' : 'refused')
  /** Of the pull that was asked for last, since the last look. */
  let pullEnd: Promise<PullEnd> | undefined
  return {
    lookUpPlugin(input, signal) {
      pullEnd = undefined
      const ports = {
        engine: retries.patient,
        auth,
        pause: (ms: number) => pause(time, ms, signal),
        hasSecret: secrets.has,
      }
      return lookUpPlugin(ports, input, signal)
    },
    async requestCredentials(input, signal) {
      const reason = credentialsReason()
      const account = await auth.request({ ...input, reason }, signal)
      if (!account && options.credentials) throw noCredentials(input, reason)
      return account
    },
    async decideConsent(request, signal) {
      const answer = await options.consent?.(request, signal)
      return typeof answer === 'boolean' ? { granted: answer } : answer
    },
    async pluginPull(input, signal) {
      pullEnd = NOT_BEGUN
      const endTurn = await turns.take(input.name, signal)
      try {
        await record()
        signal.throwIfAborted()
        const ports = { engine, progress, clock: time.now, pause: (ms: number) => pause(time, ms) }
        const pulled = await retries.untilSeen(() => {
          const { result, end } = startPull(ports, input, signal)
          pullEnd = end
          return result
        }, signal)
        progress.finish()
        return pulled
      } finally {
        // A pull that nobody waits for any more may go on for a while.
        void pullEnd?.then(endTurn)
      }
    },
    pluginInspect: ({ name }, signal) => retries.patient.pluginInspect(name, signal),
    async pluginSet({ plugin, settings }, signal) {
      checkSettings(plugin.Config, settings)
      const filled = secrets.fill(settings)
      await record()
      await retries.patient.pluginSet(plugin.Id, filled, signal)
      return undefined
    },
    async pluginEnable({ id, timeout }, signal) {
      await record()
      await retries.patient.pluginEnable(id, timeout, signal)
      return undefined
    },
    async takeBack(input, signal) {
      // What cannot be written down, or not in time, has to be taken back all the same.
      await recorded(record(), time)
      // Of a pull that nobody waits for any more it is known by now how it ended.
      const ended = input.ownership === 'uncertain' ? await pullEnd : undefined
      const ports = { engine, ...retries.rollback(signal) }
      return takeBack(ports, { ...input, ...ended }, signal)
    },
    submit: (registry, credentials) => auth.submit(registry, credentials),
    credentialsReason,
    forget() {
      auth.forget()
      secrets.forget()
    },
  }
}

function shownProgress(show: WorkSurroundings['show']) {
  const progress = createProgress(() => performance.now())
  return {
    add(message: JSONMessage) {
      progress.add(message)
      show(progress.snapshot)
    },
    now: progress.snapshot,
    /** The pull ended well. */
    finish() {
      progress.complete()
      show(progress.snapshot)
    },
  }
}

function noCredentials({ registry }: AuthRequest, reason: CredentialsReason): EngineError {
  const said = reason === 'missing' ? 'wants credentials' : 'did not accept the credentials'
  return new EngineError(
    'unauthorized',
    `the registry ${registry} ${said}: docker login ${registry}`,
  )
}
