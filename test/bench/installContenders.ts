import { Agent } from 'node:http'
import { askEngine } from '../engine/world/askEngine.ts'
import { bareInstall } from './bareInstall.ts'
import { builtPackage } from './built.ts'
import { type Contender, timed } from './rounds.ts'

export interface Site {
  /** `unix:///…` */
  host: string
  /** The whole reference, with its tag; it is the plugin's local name, too. */
  reference: string
  /** The folder of a Docker config without credentials: nothing is read of the user's own. */
  config: string
}

export interface InstallContenders {
  flow: Contender
  bare: Contender
  close(): void
}

/**
 * The same install by a flow, watched as a host watches it, and by bare calls. Each is timed from its
 * start until it says that it is done; then the plugin is looked for, and removed.
 */
export async function installContenders(site: Site): Promise<InstallContenders> {
  const { host, reference, config } = site
  const { connect, installPlugin } = await builtPackage()
  const engine = connect({ host, env: { DOCKER_CONFIG: config } })
  const agent = new Agent({ keepAlive: true })
  const socketPath = host.slice('unix://'.length)
  const measure = async (install: () => Promise<unknown>) => {
    const ms = await timed(install)
    await expectInstalled(socketPath, reference)
    await remove(socketPath, reference)
    return ms
  }
  const flow = () => {
    const { transition$, progress$, result } = installPlugin(engine, {
      reference,
      grantAllPermissions: true,
    })
    transition$.subscribe(() => {})
    progress$.subscribe(() => {})
    return result
  }
  return {
    flow: () => measure(flow),
    bare: () => measure(() => bareInstall({ socketPath, agent }, reference, reference)),
    close() {
      engine.close()
      agent.destroy()
    },
  }
}

/** A contender that skips the work must not look fast. */
export async function expectInstalled(socketPath: string, reference: string): Promise<void> {
  const { status, text } = await askEngine(socketPath, 'GET', `/plugins/${reference}/json`)
  if (status === 200 && JSON.parse(text).Enabled === true) return
  throw new Error(`${reference} is not installed and enabled: ${status} ${text.slice(0, 200)}`)
}

export async function remove(socketPath: string, reference: string): Promise<void> {
  const { status, text } = await askEngine(socketPath, 'DELETE', `/plugins/${reference}?force=1`)
  if (status !== 200) throw new Error(`${reference} stays: ${status} ${text.slice(0, 200)}`)
}
