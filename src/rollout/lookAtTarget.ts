import { crashesOnDigest } from '../../adapters/engine/withoutDigestCrash.ts'
import type { CallOptions, Engine } from '../../machines/engine.ts'
import { isEngineError } from '../../machines/errors.ts'
import { onAbort } from '../../machines/onAbort.ts'
import type { Plugin } from '../../machines/plugin.ts'
import { isApplied } from '../../machines/plugin-install/steps/judgePresent.ts'
import { observe } from '../../machines/plugin-upgrade/effect.ts'
import { findUses } from '../../machines/plugin-upgrade/steps/findUses.ts'
import { parseReference } from '../../machines/reference.ts'
import { keyOf, type Setting } from '../../machines/settings.ts'
import { oneLine } from '../../machines/text.ts'
import { withSecretsHidden } from './withSecretsHidden.ts'

/** The result of looking at one engine, with requests that change nothing. */
export type TargetLook =
  | { engineId: string; takesDigests: boolean; present?: PresentPlugin }
  /** One clause. */
  | { unreachable: string }

export interface PresentPlugin {
  reference: string
  enabled: boolean
  /** Absent where the engine does not answer that. */
  inUse?: boolean
  /** Present if the plugin was pulled by digest. */
  digest?: string
  /** True if the plugin has the requested settings, apart from secret ones. */
  isSet: boolean
}

export interface LookRequest {
  /** Local name. */
  name: string
  settings: readonly Setting[]
  /** Milliseconds for all requests to one engine. */
  deadline: number
}

type OpenedEngine = Engine & { close?(): void }

/** Looks at one engine. Rejects only once the signal has fired. */
export async function lookAtTarget(
  open: () => OpenedEngine | Promise<OpenedEngine>,
  request: LookRequest,
  signal: AbortSignal,
): Promise<TargetLook> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), request.deadline)
  const release = onAbort(signal, () => late.abort())
  let engine: OpenedEngine | undefined
  try {
    engine = await open()
    const secrets = request.settings.filter(({ secret }) => secret).map(keyOf)
    return await look(withSecretsHidden(engine, secrets), request, { signal: late.signal })
  } catch (error) {
    if (!isEngineError(error) || signal.aborted) throw error
    if (!late.signal.aborted) return { unreachable: oneLine(error.message) }
    return { unreachable: `it has not answered within ${request.deadline / 1_000} s` }
  } finally {
    clearTimeout(timer)
    release()
    engine?.close?.()
  }
}

async function look(
  engine: Engine,
  { name, settings }: LookRequest,
  options: CallOptions,
): Promise<TargetLook> {
  const [{ id }, version, plugin] = await Promise.all([
    engine.call('systemInfo', {}, options),
    versionOf(engine, options),
    engine.call('pluginInspect', { name }, options),
  ])
  const found = { engineId: id, takesDigests: version === undefined || !crashesOnDigest(version) }
  if (!plugin) return found
  return { ...found, present: await describe(engine, plugin, settings, options) }
}

async function versionOf(engine: Engine, options: CallOptions): Promise<string | undefined> {
  const { version } = await engine.call('systemPing', {}, options)
  return version ?? (await engine.call('systemVersion', {}, options)).version
}

async function describe(
  engine: Engine,
  plugin: Plugin,
  settings: readonly Setting[],
  { signal }: CallOptions,
): Promise<PresentPlugin> {
  const { Enabled: enabled, PluginReference: reference } = plugin
  const uses = enabled ? await findUses(engine, observe(plugin), signal) : NO_USES
  const parsed = parseReference(reference)
  const digest = typeof parsed === 'string' ? undefined : parsed.digest
  return {
    reference,
    enabled,
    ...(uses && { inUse: Object.values(uses).some(({ length }) => length > 0) }),
    ...(digest !== undefined && { digest }),
    isSet: settings.every((setting) => setting.secret || isApplied(plugin, setting)),
  }
}

const NO_USES = { volumes: [], networks: [], containers: [] }
