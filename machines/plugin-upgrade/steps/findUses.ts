import type { Engine } from '../../engine.ts'
import type { Observed } from '../effect.ts'
import type { Uses } from '../types.ts'

/**
 * The uses of a plugin, as far as an engine reports them: volumes and networks of its driver, and containers with one of them. It
 * tells of no container whose log driver the plugin is. Never rejects: `undefined` where it does not answer, as one that hides
 * its containers.
 */
export async function findUses(
  engine: Engine,
  { name, config }: Observed,
  signal: AbortSignal,
): Promise<Uses | undefined> {
  const isOfType = (type: string) =>
    (config.Interface.Types ?? []).some((one) => one.startsWith(`docker.${type}/`))
  const [hasVolumes, hasNetworks] = [isOfType('volumedriver'), isOfType('networkdriver')]
  if (!hasVolumes && !hasNetworks) return { volumes: [], networks: [], containers: [] }
  const options = { signal }
  try {
    const [volumes, networks, containers] = await Promise.all([
      hasVolumes ? engine.call('volumeList', { driver: name }, options) : [],
      hasNetworks ? engine.call('networkList', { driver: name }, options) : [],
      engine.call('containerList', {}, options),
    ])
    const joined = networks.map(({ Name }) => Name)
    const users = containers.filter(
      ({ Mounts, Networks }) =>
        Mounts.some(({ Driver }) => Driver === name) ||
        Networks.some((one) => joined.includes(one)),
    )
    return {
      volumes: volumes.map(({ Name }) => Name),
      networks: joined,
      containers: users.map(({ Names: [first = ''] }) => first.replace(/^\//, '')),
    }
  } catch {
    return undefined
  }
}
