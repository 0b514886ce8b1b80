import type { HasContent } from '../../cutPull.ts'
import type { Engine } from '../../engine.ts'
import { EngineError, isEngineError } from '../../errors.ts'
import type { Plugin } from '../../plugin.ts'
import { isPulledFrom } from '../../reference.ts'
import { type Pause, type RetryPorts, retry } from '../../retry.ts'
import { inspectSettled, settlings } from '../../steps/inspectSettled.ts'
import { wasRemoved } from '../../steps/wasRemoved.ts'
import type { TakeBackRequest } from '../inputs.ts'
import { enabledByOthers, failed, kept, removed } from '../rollbackReport.ts'
import type { RollbackReport } from '../types.ts'

export interface TakeBackPorts extends RetryPorts {
  engine: Engine
}

const STILL_INSTALLING = 'the engine had all of it when the pull was cut, and may still install it'
const MAY_BE_OTHERS =
  'the run is too old to tell whether this plugin is its own: nothing was done to it'
const IS_OTHERS =
  'another client has removed a plugin of this name since the pull began, so that this one is its own: nothing was done to it'
const STILL_SHOWN = 'the engine says that it removed the plugin, and still shows it'

/**
 * Removes what this run created, and nothing else: by the full id, with force only where this run
 * asked for the enable, and looks afterwards whether it is gone. Whatever fails of it is tried again:
 * each attempt looks before it acts.
 */
export async function takeBack(
  { engine, ...ports }: TakeBackPorts,
  request: TakeBackRequest,
  signal: AbortSignal,
): Promise<RollbackReport> {
  if (request.ownership === 'nothing') return { result: 'nothingToRemove' }
  let { id, hadContent = 'no' } = request
  let asked = false
  const attempt = async (): Promise<RollbackReport> => {
    const plugin = await findOwn(engine, { ...request, hadContent, id }, signal, ports.pause)
    if (!plugin && asked && id) return removed(request, id)
    if (!plugin && hadContent === 'yes') return failed(request, STILL_INSTALLING)
    if (!plugin) return { result: 'nothingToRemove' }
    if (!id && request.claimExpired) return failed(request, MAY_BE_OTHERS, plugin.Id)
    id = plugin.Id
    if (request.ownership === 'adopted' || request.onFailure === 'keep') return kept(plugin)
    if (plugin.Enabled && !request.enableRequested) return enabledByOthers(plugin)
    if (!asked && (await isOthers(engine, request, signal))) {
      return failed(request, IS_OTHERS, id)
    }
    asked = true
    await engine.call('pluginDelete', { name: id, force: request.enableRequested }, { signal })
    if (!(await engine.call('pluginInspect', { name: id }, { signal }))) return removed(request, id)
    throw new EngineError('engine-failed', STILL_SHOWN)
  }
  const mayPass = (error: unknown) => {
    if (hasBegunAnew(error)) hadContent = 'no'
    return !signal.aborted
  }
  try {
    return await retry(attempt, mayPass, ports)
  } catch (error) {
    if (signal.aborted) throw error
    return failed(request, isEngineError(error) ? error.message : String(error), id)
  }
}

async function isOthers(
  engine: Engine,
  { name, pullBegan: since }: TakeBackRequest,
  signal: AbortSignal,
): Promise<boolean> {
  return since !== undefined && wasRemoved(engine, { name, since }, signal)
}

/** An engine that was away installs nothing any more; one behind a proxy may be busy with it. */
function hasBegunAnew(error: unknown): boolean {
  if (!isEngineError(error) || error.code !== 'engine-unreachable') return false
  return error.details.status === undefined
}

/**
 * After a cut pull, the plugin of this name is this run's when it came from the same reference and
 * is still as a pull leaves it: disabled.
 */
async function findOwn(
  engine: Engine,
  { ownership, hadContent, id, name, remote }: TakeBackRequest & { hadContent: HasContent },
  signal: AbortSignal,
  pause: Pause,
): Promise<Plugin | undefined> {
  // A single answer that it is not there may be wrong.
  if (id !== undefined) return inspectSettled(engine, id, settlings.no, signal, pause)
  const looks = settlings[ownership === 'uncertain' ? hadContent : 'no']
  const plugin = await inspectSettled(engine, name, looks, signal, pause)
  if (!plugin || !isPulledFrom(plugin, remote)) return undefined
  return ownership === 'uncertain' && plugin.Enabled ? undefined : plugin
}
