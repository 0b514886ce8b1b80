import { canonicalName, type PluginReference } from '../../machines/reference.ts'
import type { EmbeddedLayer, PluginDamage } from './definePlugin.ts'
import { ApiError } from './exchange.ts'
import { type Found, isAddress, type LookupProblem, type NotFound } from './registryLookup.ts'

/** Words a failed look-up as the pull of a plugin does (`pull.*-none`, `pull.missing-*`, …). */
export function pullFailure(reference: PluginReference, notFound: NotFound): ApiError {
  const { domain, path, tag, digest = tag } = reference
  const { registry, problem } = notFound
  const failed = (cause: string) =>
    `failed to do request: Head "https://${apiHost(domain)}/v2/${path}/manifests/${digest}": ${cause}`
  const refused = (status: string) =>
    `pulling from host ${apiHost(domain)} failed with status code [manifests ${digest}]: ${status}`
  const refuse = (message: string, status = 500) =>
    new ApiError(status, `error resolving plugin reference: ${message}`)

  if (isUnreachable(problem)) return refuse(failed(dialError(domain, problem)))
  // The engine never repeats what a registry says over plain HTTP.
  if (registry?.tls === false)
    return refuse(failed('http: server gave HTTP response to HTTPS client'))
  if (registry?.auth?.kind === 'token' && problem !== 'no such tag') {
    return refuse(
      problem === 'wrong credentials'
        ? 'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized'
        : 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    )
  }
  if (isUnauthorized(problem)) return refuse(refused('401 Unauthorized'))
  // A registry on a loopback address is tried once more over plain HTTP, and that answer counts.
  if (isLoopback(domain)) return refuse(refused('400 Bad Request'))
  return refuse(`${canonicalName(reference)}: not found`, 404)
}

/** Words a failed look-up as `GET /distribution/{name}/json` does, which tells the causes apart. */
export function distributionFailure(reference: PluginReference, notFound: NotFound): ApiError {
  const { domain, path, tag, digest = tag } = reference
  const { registry, problem } = notFound
  const base = `https://${apiHost(domain)}/v2/`
  if (isUnreachable(problem))
    return new ApiError(500, `Get "${base}": ${dialError(domain, problem)}`)
  if (problem === 'no credentials' && registry?.auth?.kind === 'basic') {
    const head = `Head "${base}${path}/manifests/${digest}"`
    return new ApiError(500, `${head}: no basic auth credentials`)
  }
  if (isUnauthorized(problem)) return new ApiError(401, 'unauthorized: authentication required')
  return new ApiError(404, 'manifest unknown: manifest unknown')
}

/** Words a login that failed as `POST /auth` does. */
export function loginFailure(domain: string, { registry, problem }: NotFound): ApiError {
  const base = `https://${apiHost(domain)}/v2/`
  if (isUnreachable(problem))
    return new ApiError(500, `Get "${base}": ${dialError(domain, problem)}`)
  return registry?.auth?.kind === 'token'
    ? new ApiError(401, `Get "${base}": unauthorized: incorrect username or password`)
    : new ApiError(500, `login attempt to ${base} failed with status: 401 Unauthorized`)
}

/** Content at a registry, and the reference that named it. */
export interface RemoteContent {
  reference: PluginReference
  found: Found
}

/** The size at which a download breaks off, its last line of progress, and the engine's error. */
interface BrokenDownload {
  bytes: number
  line: { status: string; current: number; total: number }
  message: string
}

export function findBreak(
  remote: RemoteContent,
  { digest, size }: EmbeddedLayer,
  damage: PluginDamage | undefined,
): BrokenDownload | undefined {
  const breakOff = (bytes: number, message: string) => {
    return { bytes, line: { status: 'Downloading', current: bytes, total: size }, message }
  }
  if (damage === 'layer-missing') return breakOff(0, missingBlob(remote, digest))
  if (damage === 'config-missing' && !showsConfigLate(remote)) {
    return breakOff(0, missingBlob(remote, remote.found.content.configDigest))
  }
  if (typeof damage !== 'object' || 'cutAfter' in damage) return undefined
  if ('layerBytes' in damage) {
    return breakOff(damage.layerBytes, 'failed to read expected number of bytes: unexpected EOF')
  }
  return {
    bytes: size,
    line: { status: 'Download complete', current: size, total: 0 },
    message: wrongBytes(digest, damage.layerDigest),
  }
}

/** The bytes of the layer `digest` have the digest `found`. */
export function wrongBytes(digest: string, found: string): string {
  const wrong = `unexpected commit digest ${found}, expected ${digest}`
  return `failed commit on ref "layer-${digest}": ${wrong}: failed precondition`
}

/**
 * Over plain HTTP a missing config ends the layers in mid-air, over TLS it shows after them
 * (`pull.config-missing`, `pull.tls-config-missing`).
 */
export function showsConfigLate({ found }: RemoteContent): boolean {
  return found.registry.tls !== false
}

export function missingBlob({ reference, found }: RemoteContent, digest: string): string {
  if (found.registry.tls === false) return unreachableBlob({ reference, found }, digest)
  const isConfig = digest === found.content.configDigest
  const mediaType = `application/vnd.docker.${isConfig ? 'plugin.v1+json' : 'image.rootfs.diff.tar.gzip'}`
  const cause = `could not fetch content descriptor ${digest} (${mediaType}) from remote: not found`
  return `failed to copy: httpReadSeeker: failed open: ${cause}`
}

/** The registry went away while a pull asks it for this blob (`upgrade.registry-gone-midway`). */
export function unreachableBlob({ reference, found }: RemoteContent, digest: string): string {
  const { domain, path } = reference
  const cause =
    found.registry.tls === false
      ? 'http: server gave HTTP response to HTTPS client'
      : dialError(domain, 'connection refused')
  const url = `https://${apiHost(domain)}/v2/${path}/blobs/${digest}`
  return `failed to copy: httpReadSeeker: failed open: failed to do request: Get "${url}": ${cause}`
}

/** The host of a domain's registry API. */
function apiHost(domain: string): string {
  return domain === 'docker.io' ? 'registry-1.docker.io' : domain
}

function isUnreachable(problem: LookupProblem): boolean {
  return problem === 'connection refused' || problem === 'no such host'
}

function isUnauthorized(problem: LookupProblem): boolean {
  return problem === 'no credentials' || problem === 'wrong credentials'
}

function dialError(domain: string, problem: LookupProblem): string {
  const [name, port = '443'] = apiHost(domain).split(/:(?=\d+$)/)
  if (problem === 'no such host') return `dial tcp: lookup ${name} on 127.0.0.53:53: no such host`
  // A documentation address (RFC 5737) stands for that of a named registry.
  const address = isAddress(domain) ? name : '192.0.2.1'
  return `dial tcp ${address}:${port}: connect: connection refused`
}

function isLoopback(domain: string): boolean {
  return /^(127\.|\[::1\]|localhost)/.test(domain)
}
