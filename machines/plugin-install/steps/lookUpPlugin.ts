import type { InstallErrorCode } from '../../catalogue.ts'
import { checkWriting } from '../../checkSettings.ts'
import type { PluginEngine, RegistryAuth } from '../../engine.ts'
import { EngineError, isEngineError } from '../../errors.ts'
import type { PluginPrivilege } from '../../plugin.ts'
import type { Pause } from '../../retry.ts'
import type { LookUpRequest } from '../inputs.ts'
import { resolveNames } from '../resolveNames.ts'
import type { PluginLookUp } from '../types.ts'
import { inspectSettled, settlings } from './inspectSettled.ts'
import { type HasSecret, judgePresent } from './judgePresent.ts'

export interface LookUpPorts {
  engine: PluginEngine
  auth: RegistryAuth
  pause: Pause
  hasSecret: HasSecret
}

/**
 * Finds out, without changing anything, whether the name is free, what the plugin asks for and which
 * content the reference names. The three look-ups do not depend on each other and run at once.
 */
export async function lookUpPlugin(
  { engine, auth, pause, hasSecret }: LookUpPorts,
  request: LookUpRequest,
  signal: AbortSignal,
): Promise<PluginLookUp> {
  const names = resolveNames(request)
  if (isEngineError(names)) throw names
  checkOptions(request)
  const [version] = await Promise.all([
    engine.systemPing(signal),
    auth.load(names.registry, signal),
  ])
  const stop = new AbortController()
  const abort = () => stop.abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const look = () => settle(engine.getPluginPrivileges(names.remote, stop.signal))
    const privileges = look()
    const content = settle(engine.distributionInspect(names.remote, stop.signal))
    const present =
      request.resumed?.ownership === 'uncertain'
        ? await inspectSettled(engine, names.name, settlings.perhaps, stop.signal, pause)
        : await engine.pluginInspect(names.name, stop.signal)
    if (present) {
      return { ...names, ...judgePresent(present, names, request, hasSecret), engine: version }
    }
    const first = await privileges
    if ('error' in first) throw first.error
    const read = await content
    // Who could not look a moment ago, and can read the content now, can look now.
    const seen = isHidden(first) && 'value' in read ? await look() : first
    return { ...names, ...judge(seen, read), engine: version }
  } finally {
    signal.removeEventListener('abort', abort)
    stop.abort()
  }
}

function checkOptions({ settings, enableTimeout }: LookUpRequest): void {
  checkWriting(settings)
  if (Number.isSafeInteger(enableTimeout) && enableTimeout >= 0) return
  throw new EngineError(
    'invalid-option',
    `the enable timeout is a whole number of seconds, 0 or more, not ${enableTimeout}`,
  )
}

type Settled<T> = { value: T } | { error: unknown }

function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}

/**
 * An empty list of privileges means that the engine could not look, whatever the reason; the look-up
 * of the content tells it (recordings `privileges.auth-none`, `privileges.unreachable`). Where that
 * does not know either, the pull is the judge: an empty list grants nothing.
 */
function judge(
  privileges: Settled<PluginPrivilege[] | null>,
  content: Settled<{ digest: string }>,
): Pick<PluginLookUp, 'privileges' | 'digest'> {
  if ('error' in privileges) throw privileges.error
  if (isHidden(privileges) && 'error' in content && tellsWhy(content.error)) throw content.error
  return {
    privileges: privileges.value ?? [],
    ...('error' in content ? {} : { digest: content.value.digest }),
  }
}

function isHidden(privileges: Settled<PluginPrivilege[] | null>): boolean {
  return 'value' in privileges && privileges.value?.length === 0
}

/** What the engine itself says of the look-up: the registry may have the content all the same. */
const SILENT: readonly InstallErrorCode[] = [
  'engine-access-denied',
  'engine-failed',
  'engine-protocol',
  'engine-unsupported',
]

function tellsWhy(error: unknown): boolean {
  return !(isEngineError(error) && SILENT.includes(error.code))
}
