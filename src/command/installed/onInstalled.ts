import type { InstalledPlugins } from '../../../adapters/engine/installedPlugins.ts'
import { isEngineError } from '../../../machines/errors.ts'
import { visible } from '../../text/visible.ts'
import type { Outputs } from '../commandEntry.ts'
import type { EngineSelection } from '../engineOptions.ts'
import { openEngine } from '../openEngine.ts'
import type { Surroundings } from '../surroundings.ts'
import { UsageError } from '../usageError.ts'

/** A signal that never fires: whoever stops waiting ends the process. */
export const untilAnswered = new AbortController().signal

/**
 * Does something to the plugins on the engine that was named, and resolves to the exit status: 0, or
 * 1 when the engine did not do it, which is told in one line.
 *
 * @throws UsageError when the host is not an address of an engine
 */
export async function onInstalled(
  selection: EngineSelection,
  { env }: Surroundings,
  outputs: Outputs,
  act: (plugins: InstalledPlugins) => Promise<void>,
): Promise<number> {
  return succeeds(outputs, async () => {
    const open = await openEngine(selection, env).catch(asUsage)
    try {
      await act(open.engine.plugins)
    } finally {
      await open.close()
    }
  })
}

/**
 * The same for several plugins, one after the other: one that fails does not keep the others from
 * being done.
 */
export function onEachInstalled(
  selection: EngineSelection & { names: readonly string[] },
  surroundings: Surroundings,
  outputs: Outputs,
  act: (plugins: InstalledPlugins, name: string) => Promise<void>,
): Promise<number> {
  let failed = 0
  return onInstalled(selection, surroundings, outputs, async (plugins) => {
    for (const name of selection.names) {
      failed += await succeeds(outputs, () => act(plugins, name))
    }
  }).then((code) => Math.max(code, Math.min(failed, 1)))
}

async function succeeds({ stderr }: Outputs, act: () => Promise<void>): Promise<0 | 1> {
  try {
    await act()
    return 0
  } catch (error) {
    if (!isEngineError(error)) throw error
    stderr.write(`plugin-flow: ${visible(error.message)}\n`)
    return 1
  }
}

function asUsage(error: unknown): never {
  if (isEngineError(error) && error.code === 'invalid-option') throw new UsageError(error.message)
  throw error
}
