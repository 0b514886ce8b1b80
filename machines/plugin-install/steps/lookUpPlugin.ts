import type { InstallErrorCode } from '../../catalogue.ts'
import type { RegistryAuth } from '../../credentials.ts'
import type { Engine, PrivilegesLookUp } from '../../engine.ts'
import { EngineError, isEngineError } from '../../errors.ts'
import type { PluginPrivilege } from '../../plugin.ts'
import { resolveNames } from '../../reference.ts'
import type { Pause } from '../../retry.ts'
import type { LookUpRequest } from '../inputs.ts'
import type { PluginLookUp } from '../types.ts'
import { inspectSettled, settlings } from './cutPull.ts'
import { type HasSecret, judgePresent } from './judgePresent.ts'

export interface LookUpPorts {
  engine: Engine
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
  const names = request.names ?? refuse(request)
  checkOptions(request)
  const [version] = await Promise.all([
    engine.call('systemPing', {}, { signal }),
    auth.load(names.registry, signal),
  ])
  const stop = new AbortController()
  const abort = () => stop.abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const [{ remote, name }, options] = [names, { signal: stop.signal }]
    const look = () => settle(engine.call('getPluginPrivileges', { remote }, options))
    const privileges = look()
    const content = settle(engine.call('distributionInspect', { remote }, options))
    const present =
      request.resumed?.ownership === 'uncertain'
        ? await inspectSettled(engine, name, settlings.perhaps, stop.signal, pause)
        : await engine.call('pluginInspect', { name }, options)
    if (present) {
      return { ...judgePresent(present, names, request, hasSecret), engine: version }
    }
    const first = await privileges
    if ('error' in first) throw await moreTelling(first.error, content)
    const read = await content
    // An engine that could not look a moment ago, and can read the content now, can look now.
    const seen = first.value.hidden && 'value' in read ? await look() : first
    const found = judge(seen, read)
    checkDigest(request.digest, found.digest)
    return { ...found, engine: version }
  } finally {
    signal.removeEventListener('abort', abort)
    stop.abort()
  }
}

/** Where the engine cannot tell the digest, that of the pull is compared. */
function checkDigest(expected: string | undefined, found: string | undefined): void {
  if (expected === undefined || found === undefined || expected === found) return
  throw new EngineError(
    'digest-changed',
    `the reference names the content ${found}, and not the expected ${expected}`,
    { operation: 'distributionInspect' },
  )
}

/** Says what is wrong with the reference or the alias. */
function refuse(request: LookUpRequest): never {
  throw resolveNames(request)
}

function checkOptions({ enableTimeout }: LookUpRequest): void {
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

/** Only the look-up of the content tells that there is an index in the place of a plugin. */
async function moreTelling(error: unknown, content: Promise<Settled<unknown>>): Promise<unknown> {
  if (!isNoPlugin(error)) return error
  const read = await content
  return 'error' in read && isNoPlugin(read.error) ? read.error : error
}

function isNoPlugin(error: unknown): boolean {
  return isEngineError(error) && error.code === 'not-a-plugin'
}

/**
 * Where the engine could not look, the look-up of the content tells why (recordings
 * `privileges.auth-none`, `privileges.unreachable`). Where that does not know either, the pull is the
 * judge: an empty list grants nothing.
 */
function judge(
  look: Settled<PrivilegesLookUp>,
  content: Settled<{ digest: string }>,
): Pick<PluginLookUp, 'privileges' | 'digest'> {
  if ('error' in look) throw look.error
  const { privileges, hidden } = look.value
  if (hidden && 'error' in content && tellsWhy(content.error)) throw content.error
  const redacted = privileges.find(({ Name, Value }) => [Name, ...Value].join().includes('…'))
  if (redacted) throw withSecret(redacted)
  return {
    privileges,
    ...('error' in content ? {} : { digest: content.value.digest }),
  }
}

/** A question that hides a part of a privilege cannot be answered, and the engine would be sent another list. */
function withSecret({ Name, Value }: PluginPrivilege): EngineError {
  return new EngineError(
    'invalid-option',
    `the plugin asks for "${Name}: ${Value.join(' ')}", in which a secret that was given is hidden: give the setting without making it secret, or use other credentials`,
    { unsent: true },
  )
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
