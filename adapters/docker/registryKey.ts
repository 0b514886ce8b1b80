/** Docker's name for Docker Hub in configs and auth configs, since the days of its first API. */
const DOCKER_HUB = 'https://index.docker.io/v1/'

/** The key that Docker keeps a registry's credentials under. `registry` is a host, as in a reference. */
export function registryKey(registry: string): string {
  return registry === 'docker.io' || registry === 'index.docker.io' ? DOCKER_HUB : registry
}

/** The host of a key, which may have a scheme and a path: `https://example.org/v1/` → `example.org`. */
export function keyHost(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  return host === 'index.docker.io' ? 'docker.io' : host
}

/** The key that a record has for a registry: Docker's own, else the first one with the same host. */
export function findRegistry(
  record: Readonly<Record<string, unknown>>,
  registry: string,
): string | undefined {
  const key = registryKey(registry)
  if (Object.hasOwn(record, key)) return key
  return Object.keys(record).find((each) => keyHost(each) === keyHost(registry))
}
