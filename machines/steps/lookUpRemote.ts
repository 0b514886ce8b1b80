import type { InstallErrorCode } from '../catalogue.ts'
import type { Engine, PrivilegesLookUp } from '../engine.ts'
import { EngineError, isEngineError, isMasked } from '../errors.ts'
import type { PluginPrivilege } from '../plugin.ts'

/** The content that a reference names at its registry. */
export interface RemoteLookUp {
  privileges: PluginPrivilege[]
  /** Absent where the engine could not tell. */
  digest?: string
}

/**
 * Begins to look up what a plugin asks for and which content its reference names, both at once. Nothing
 * rejects before the function that it returns is called.
 */
export function lookUpRemote(
  engine: Engine,
  remote: string,
  signal: AbortSignal,
): () => Promise<RemoteLookUp> {
  const options = { signal }
  const look = () => settle(engine.call('getPluginPrivileges', { remote }, options))
  const privileges = look()
  const content = settle(engine.call('distributionInspect', { remote }, options))
  return async () => {
    const first = unmasked(await privileges)
    if ('error' in first) throw await moreTelling(first.error, content)
    const read = await content
    // An engine that could not look a moment ago, and can read the content now, can look now.
    const seen = first.value.hidden && 'value' in read ? unmasked(await look()) : first
    return judge(seen, read)
  }
}

type Settled<T> = { value: T } | { error: unknown }

function settle<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}

/** An answer that hides why there is no list says no more than an empty list. */
function unmasked(look: Settled<PrivilegesLookUp>): Settled<PrivilegesLookUp> {
  return 'error' in look && isMasked(look.error)
    ? { value: { privileges: [], hidden: true } }
    : look
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
): RemoteLookUp {
  if ('error' in look) throw look.error
  const { privileges, hidden } = look.value
  if (hidden && 'error' in content && tellsWhy(content.error)) throw content.error
  refuseHidden(privileges)
  return 'error' in content ? { privileges } : { privileges, digest: content.value.digest }
}

/**
 * A question that hides a part of a privilege cannot be answered, and the engine would be sent another list.
 *
 * @throws EngineError `invalid-option`
 */
export function refuseHidden(privileges: readonly PluginPrivilege[]): void {
  const hidden = privileges.find(({ Name, Value }) =>
    [Name, ...Value].some((text) => text.includes('…')),
  )
  if (!hidden) return
  const { Name, Value } = hidden
  throw new EngineError(
    'invalid-option',
    `the plugin asks for "${Name}: ${Value.join(' ')}", in which a secret that was given is hidden: give the setting without making it secret, or use other credentials`,
    { unsent: true },
  )
}

/** Codes that concern the engine itself: the registry may have the content all the same. */
const SILENT: readonly InstallErrorCode[] = [
  'engine-access-denied',
  'engine-failed',
  'engine-protocol',
  'engine-unsupported',
]

function tellsWhy(error: unknown): boolean {
  return !isMasked(error) && !(isEngineError(error) && SILENT.includes(error.code))
}
