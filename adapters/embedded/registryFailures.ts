import { canonicalName, type PluginReference } from '../../machines/reference.ts'
import { ApiError } from './apiError.ts'
import { isAddress, type LookupProblem, type NotFound } from './registryLookup.ts'

/** How the pull of a plugin words a failed look-up (`pull.*-none`, `pull.missing-*`, …). */
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
  // What a registry says over plain HTTP is never told.
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

/** How `GET /distribution/{name}/json` words it, which tells the causes apart. */
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

/** Where the registry API of a domain is served. */
export function apiHost(domain: string): string {
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
