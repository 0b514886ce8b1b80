import { EngineError, isEngineError } from '../../errors.ts'
import { defaultsOf, observe, sameContent } from '../effect.ts'
import type { DisableRequest, TryRequest } from '../inputs.ts'
import { changedByOthers, checkUntouched, inspectNow, type UpgradePorts } from './ports.ts'
import { checkPlaces } from './setEffect.ts'

/** Enables the copy, if it still is what was agreed to, sees it listen, and disables it again. */
export async function tryCopy(
  { engine, record }: Pick<UpgradePorts, 'engine' | 'record'>,
  { copy, timeout }: TryRequest,
  signal: AbortSignal,
): Promise<undefined> {
  await record()
  const now = observe(await inspectNow({ engine }, copy.id, signal))
  if (!sameContent(now.config, copy.config)) throw changedByOthers(copy.name, 'its config')
  checkPlaces(copy.name, defaultsOf(copy.config), now, {
    next: 'Try again when no other client works on this engine.',
  })
  await engine.call('pluginEnable', { name: copy.id, timeout }, { signal })
  await engine.call('pluginDisable', { name: copy.id, force: true }, { signal })
}

/**
 * Disables a plugin that is still what this run has read. An engine whose disk is full answers with an error and
 * has disabled it (recording `upgrade.disable-disk-full`), so the plugin tells and not the answer.
 */
export async function disablePlugin(
  ports: Pick<UpgradePorts, 'engine' | 'record'>,
  { plugin, isReplaced, mayBeDisabled, late, ...request }: DisableRequest,
  signal: AbortSignal,
): Promise<undefined> {
  await ports.record()
  // To record may take a while: the look comes last.
  const { Enabled: isOn } = await inspectNow(ports, plugin.id, signal)
  const wasDisabled = mayBeDisabled && !isOn
  const isEnabled = wasDisabled ? false : plugin.enabled
  const isSwapped = await checkUntouched(ports, plugin, signal, isEnabled, late)
  if (isSwapped || wasDisabled) return
  const force = request.force && !isReplaced
  try {
    await ports.engine.call('pluginDisable', { name: plugin.id, force }, { signal })
  } catch (error) {
    if (signal.aborted || (await inspectNow(ports, plugin.id, signal)).Enabled) {
      throw isReplaced ? whyNotReplaced(error) : error
    }
  }
  const { Enabled } = await inspectNow(ports, plugin.id, signal)
  if (Enabled) throw new EngineError('engine-failed', `${plugin.name} is still enabled`)
}

function whyNotReplaced(error: unknown): unknown {
  if (!isEngineError(error) || error.code !== 'in-use') return error
  const next =
    'Remove the volumes and containers that use it, or upgrade in place (--mode in-place --force).'
  return new EngineError('in-use', error.message, { ...error.details, next })
}
