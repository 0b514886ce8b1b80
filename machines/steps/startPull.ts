import { type HasContent, hasContent, type PullProgress } from '../cutPull.ts'
import type { Engine, InputOf, PullResult } from '../engine.ts'
import { EngineError, isEngineError, isMasked } from '../errors.ts'
import { createdNothing } from '../failure.ts'
import { onAbort } from '../onAbort.ts'
import type { JSONMessage } from '../plugin.ts'
import { comparePrivileges } from '../privileges.ts'
import type { Pause } from '../retry.ts'

export interface PullPorts {
  engine: Engine
  progress: { add(message: JSONMessage): void; now(): PullProgress }
  /** Milliseconds, from any start. */
  clock(): number
  /** Its promise need not heed any signal. */
  pause: Pause
}

/** The remains of a pull; a cut one is `uncertain`, and more so the more the engine had of it. */
export type PullEnd =
  | { ownership: 'created' | 'nothing' }
  | { ownership: 'uncertain'; hadContent: HasContent }

export interface RunningPull {
  result: Promise<PullResult>
  /** Never rejects. Bounded once the signal has fired. */
  end: Promise<PullEnd>
}

/** How often a pull that is no longer waited for is looked at. */
const LOOK_MS = 250
/** How long a pull that can no longer be stopped is listened to. */
const LISTEN_MS = 30_000

/**
 * Starts a pull. When `signal` fires, its connection is closed only as long as that stops the engine;
 * a pull that the engine ends whatever its client does is listened to, so that it is known what there
 * is to take back.
 */
export function startPull(
  { engine, progress, clock, pause }: PullPorts,
  request: InputOf<'pluginPull'>,
  signal: AbortSignal,
): RunningPull {
  const wire = new AbortController()
  let heard = clock()
  let over = false
  const has = () => hasContent(progress.now(), clock() - heard)
  const listen = async () => {
    for (let look = 0; look < LISTEN_MS / LOOK_MS && has() !== 'no' && !over; look++) {
      await pause(LOOK_MS)
    }
    wire.abort()
  }
  const release = onAbort(signal, () => void listen())
  const finish = () => {
    over = true
    release()
  }
  const onMessage = (message: JSONMessage) => {
    heard = clock()
    progress.add(message)
  }
  const pulled = engine.call('pluginPull', request, { signal: wire.signal, onMessage })
  const end = pulled.then(
    (): PullEnd => ({ ownership: 'created' }),
    (error) => endOf(error, has()),
  )
  const result = pulled.finally(finish).catch(async (error: unknown) => {
    throw await truthBehind(error, engine, request, signal)
  })
  return { result, end }
}

function endOf(error: unknown, hadContent: HasContent): PullEnd {
  if (createdNothing(error)) return { ownership: 'nothing' }
  // Where something on the way has answered, nothing was heard of the engine.
  const unheard = isEngineError(error) && error.details.status !== undefined
  return { ownership: 'uncertain', hadContent: unheard ? 'perhaps' : hadContent }
}

/**
 * Some engines mask why a registry refused (recording `pull.auth-none`), which the look-up of the
 * content tells. The refusal of other privileges does not name them; a look-up does.
 */
async function truthBehind(
  error: unknown,
  engine: Engine,
  { remote, privileges: granted }: InputOf<'pluginPull'>,
  signal: AbortSignal,
): Promise<unknown> {
  if (!isEngineError(error)) return error
  if (error.code === 'privileges-changed') {
    const found = await engine.call('getPluginPrivileges', { remote }, { signal }).catch(() => {})
    const difference = found && !found.hidden && comparePrivileges(granted, found.privileges)
    if (!difference) return error
    return new EngineError(error.code, error.message, { ...error.details, difference })
  }
  if (error.code !== 'registry-unreachable') return error
  try {
    await engine.call('distributionInspect', { remote }, { signal })
    return error
  } catch (truth) {
    if (tellsWhy(truth)) return truth
    return isMasked(error) && isMasked(truth)
      ? checkCredentials(error, engine, remote, signal)
      : error
  }
}

function tellsWhy(truth: unknown): boolean {
  return isEngineError(truth) && ['unauthorized', 'not-found'].includes(truth.code)
}

/** Where pull and look-up are masked alike, an engine still tells wrong credentials from right ones. */
async function checkCredentials(
  error: EngineError,
  engine: Engine,
  remote: string,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    await engine.call('systemAuth', { remote }, { signal })
  } catch (refusal) {
    if (!isEngineError(refusal) || refusal.details.unsent) return error
    if (tellsWhy(refusal)) return refusal
    if (!isMasked(refusal)) return error
    return new EngineError(
      'unauthorized',
      `the registry of ${remote} does not accept the credentials, as far as the engine tells: it takes the registry for insecure, and hides why a login fails`,
      refusal.details,
    )
  }
  const next =
    'The registry accepts the credentials, so that it is the name, the tag or the rights of the account: the engine does not tell which of them.'
  return new EngineError(error.code, error.message, { ...error.details, next })
}
