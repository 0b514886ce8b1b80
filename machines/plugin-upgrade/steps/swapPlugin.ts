import { EngineError } from '../../errors.ts'
import type { JSONMessage } from '../../plugin.ts'
import { type Observed, observe, sameContent } from '../effect.ts'
import type { ReturnRequest, SwapRequest } from '../inputs.ts'
import { changedByOthers, checkUntouched, inspectNow, type UpgradePorts } from './ports.ts'

export interface SwapPorts extends Pick<UpgradePorts, 'engine' | 'pause' | 'record'> {
  onMessage(message: JSONMessage): void
}

/**
 * Puts the new version in the place of the old one, which must still be what this run has read. It is there already where
 * the engine has carried out, late, what an earlier process of this run had asked for.
 */
export async function swapPlugin(
  ports: SwapPorts,
  { mode, before, remote, privileges, late }: SwapRequest,
  signal: AbortSignal,
): Promise<undefined> {
  await ports.record()
  // To record may take a while: the look comes last.
  if (await checkUntouched(ports, before, signal, false, late)) return
  await put(ports, mode, before, { remote, privileges }, before.id, signal)
}

/**
 * @param id of the plugin that is there and has to give way to a replacement
 */
async function put(
  { engine, onMessage }: SwapPorts,
  mode: SwapRequest['mode'],
  { name }: Observed,
  { remote, privileges }: Pick<SwapRequest, 'remote' | 'privileges'>,
  id: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal, onMessage }
  if (mode === 'inPlace') {
    await engine.call('pluginUpgrade', { name, remote, privileges }, options)
    return
  }
  if (id !== undefined) await engine.call('pluginDelete', { name: id, force: false }, { signal })
  await engine.call('pluginPull', { name, remote, privileges }, options)
}

/** How long a swap that was cut is waited for: the engine may have had all of it. */
const LOOKS = 20
const LOOK_MS = 500

/**
 * Puts the old version back. The plugin that is there decides, and not what an answer said (recordings
 * `upgrade.layer-cut`, `upgrade.save-fails`).
 *
 * @throws EngineError `changed-by-others` where neither version is there, `no-way-back`, `digest-changed` where
 * the way back leads to other content
 */
export async function returnPlugin(
  ports: SwapPorts,
  request: ReturnRequest,
  signal: AbortSignal,
): Promise<Observed> {
  const { before, back, mode } = request
  const found = await lookSettled(ports, request, signal)
  if (found && sameContent(found.config, before.config)) return found
  if (!found && mode === 'inPlace') throw changedByOthers(before.name, 'it is gone')
  if (found && !isOwn(found, request)) {
    throw changedByOthers(before.name, 'it is neither the old version nor the new one')
  }
  if ('none' in back) throw new EngineError('no-way-back', back.none)
  await ports.record()
  await put(ports, mode, before, back, found?.id, signal)
  const returned = observe(await inspectNow(ports, before.name, signal))
  if (sameContent(returned.config, before.config)) return returned
  throw new EngineError('digest-changed', `${back.remote} names other content by now`)
}

function isOwn(found: Observed, { copy, swap }: ReturnRequest): boolean {
  return swap === 'ended' || (copy !== undefined && sameContent(found.config, copy.config))
}

async function lookSettled(
  { engine, pause }: SwapPorts,
  { before, swap, mode }: ReturnRequest,
  signal: AbortSignal,
): Promise<Observed | undefined> {
  for (let look = 0; ; look++) {
    const plugin = await engine.call('pluginInspect', { name: before.name }, { signal })
    const found = plugin && observe(plugin)
    const mayChange = mode === 'replace' ? !found : found?.id === before.id && isOld(found, before)
    if (swap !== 'unknown' || !mayChange || look === LOOKS) return found
    await pause(LOOK_MS)
  }
}

function isOld(found: Observed, before: Observed): boolean {
  return sameContent(found.config, before.config)
}
