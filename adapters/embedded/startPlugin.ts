import { ApiError } from './exchange.ts'
import { type Installed, processOf } from './pluginStore.ts'
import type { SimulatedEngine } from './simulatedEngine.ts'

/** When the engine tries the plugin's socket, and when it gives up (`enable.slow-*`, `enable.late`). */
const DIALS_MS = [550, 3_550, 6_550, 9_550]
const GIVES_UP_MS = 12_590
const START_MS = 55
/** So long the engine starts a process again that has ended at once (`upgrade.enable-right-after-back`). */
const DIES_FOR_MS = 2_000

/** Settles when the plugin has opened its socket, or the engine has given up. */
export async function startPlugin(engine: SimulatedEngine, installed: Installed): Promise<void> {
  demandDevices(engine, installed)
  if (installed.enabling || installed.dying) {
    throw new ApiError(409, 'error creating containerd container: id already in use')
  }
  installed.enabling = true
  installed.process = processOf(installed)
  const { behaviour } = installed.content
  try {
    await start(engine, installed)
  } catch (error) {
    // Where only the disk failed it runs (`upgrade.enable-disk-full`).
    if (!installed.plugin.Enabled) installed.process = undefined
    if (behaviour === 'dies') letDie(engine, installed)
    throw error
  } finally {
    installed.enabling = false
  }
}

function letDie({ clock }: SimulatedEngine, installed: Installed): void {
  installed.dying = true
  const end = () => {
    installed.dying = false
  }
  void clock.wait(DIES_FOR_MS).then(end, end)
}

async function start({ store, clock, missingPaths }: SimulatedEngine, installed: Installed) {
  const { plugin, content } = installed
  const { Mounts, Interface } = plugin.Config
  const missing = Mounts?.find(({ Source }) => isMissing(missingPaths, Source))
  if (missing) {
    await clock.wait(START_MS)
    const { Source, Destination } = missing
    throw new ApiError(
      500,
      `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "${Source}" to rootfs at "${Destination}": stat ${Source}: no such file or directory: unknown`,
    )
  }
  const { behaviour } = content
  const opensAfter = typeof behaviour === 'object' ? behaviour.listensAfter : 0
  const listens = behaviour === 'listens' || typeof behaviour === 'object'
  const answered = DIALS_MS.find((dialled) => listens && dialled >= opensAfter)
  await clock.wait(answered ?? GIVES_UP_MS)
  if (answered === undefined) {
    const socket = `/run/docker/plugins/${plugin.Id}/${Interface.Socket}`
    throw new ApiError(500, `dial unix ${socket}: connect: no such file or directory`)
  }
  if (!store.has(installed)) {
    const file = `/var/lib/docker/plugins/${plugin.Id}/.tmp-config.json`
    const cause = `open ${file}: no such file or directory`
    throw new ApiError(500, `failed to write atomically plugin json: ${cause}`)
  }
  plugin.Enabled = true
  store.save(installed)
  store.events.add('enable', plugin.Id, plugin.Name)
}

function demandDevices({ missingPaths }: SimulatedEngine, { plugin }: Installed): void {
  const { Config, Settings } = plugin
  if (Config.Mounts?.some(({ Source }) => Source === null)) {
    throw new ApiError(500, 'mount source is not specified')
  }
  const missing = Settings.Devices?.find(({ Path }) => isMissing(missingPaths, Path))
  if (!missing) return
  throw new ApiError(
    500,
    `error gathering device information while adding custom device "${missing.Path}": no such file or directory`,
  )
}

function isMissing(missingPaths: readonly string[], path: string | null): boolean {
  return missingPaths.some((missing) => path === missing || path?.startsWith(`${missing}/`))
}
