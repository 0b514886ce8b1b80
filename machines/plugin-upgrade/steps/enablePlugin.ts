import { isEngineError } from '../../errors.ts'
import type { Plugin } from '../../plugin.ts'
import type { EnableRequest, QuiesceRequest } from '../inputs.ts'
import { inspectNow, type UpgradePorts } from './ports.ts'

type EnablePorts = Pick<UpgradePorts, 'engine' | 'record' | 'pause'>

/** Before each further attempt, in milliseconds: the engine restarts a dead entrypoint for about a second. */
const ATTEMPTS_MS = [2_000, 4_000, 8_000]

/**
 * Enables the plugin. The plugin tells whether it is enabled, and not the answer (recordings
 * `upgrade.enable-disk-full`, `upgrade.enable-right-after-back`); one that another client enabled during the
 * swap runs the old process, which only a disable and an enable of this run's own settles.
 */
export async function enablePlugin(
  ports: EnablePorts,
  { name, timeout, disable }: EnableRequest,
  signal: AbortSignal,
): Promise<undefined> {
  const { Id: id, Enabled: isOn } = await lookDisabled(ports, name, disable, signal)
  if (isOn && disable) return
  await ports.record()
  for (const ms of [...ATTEMPTS_MS, undefined]) {
    try {
      await ports.engine.call('pluginEnable', { name: id, timeout }, { signal })
      return
    } catch (error) {
      if (signal.aborted || !isEngineError(error)) throw error
      const { alreadyEnabled } = error.details
      const { Enabled } = await inspectNow(ports, name, signal)
      if (Enabled && error.code === 'disk-full') return
      if (alreadyEnabled === undefined || ms === undefined) throw error
      if (Enabled) await ports.engine.call('pluginDisable', { name: id, force: true }, { signal })
      else await ports.pause(ms)
    }
  }
}

/** An engine gives a plugin ten seconds to end, and goes on with that when its client has gone. */
const STOPPING_LOOKS = 12

/** Waits out a disable that was cut. */
async function lookDisabled(
  ports: EnablePorts,
  name: string,
  disable: EnableRequest['disable'],
  signal: AbortSignal,
): Promise<Plugin> {
  for (let look = 0; ; look++) {
    const plugin = await inspectNow(ports, name, signal)
    if (!plugin.Enabled || disable !== 'unknown' || look === STOPPING_LOOKS) return plugin
    await ports.pause(LOOK_MS)
  }
}

/** An engine waits 12.6 s for the socket of a plugin, and may carry out an enable that it refused. */
const QUIET_LOOKS: Readonly<Record<QuiesceRequest['enable'], number>> = {
  none: 0,
  refused: 2,
  unknown: 15,
}
const LOOK_MS = 1_000

/** Waits out an enable of the new version, and undoes it where it comes to an end. */
export async function quiescePlugin(
  ports: EnablePorts,
  { name, enable }: QuiesceRequest,
  signal: AbortSignal,
): Promise<undefined> {
  for (let look = 0; ; look++) {
    const plugin = await ports.engine.call('pluginInspect', { name }, { signal })
    if (plugin?.Enabled) {
      await ports.record()
      await ports.engine.call('pluginDisable', { name: plugin.Id, force: true }, { signal })
      return
    }
    if (look >= QUIET_LOOKS[enable]) return
    await ports.pause(LOOK_MS)
  }
}
