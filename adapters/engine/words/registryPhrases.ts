import type { OperationId } from '../../../machines/engine.ts'
import type { ErrorPhrase } from './sentences.ts'

const REGISTRY: readonly OperationId[] = [
  'getPluginPrivileges',
  'distributionInspect',
  'pluginPull',
]

/** What is wrong with what was pulled, or looked at. */
export const pullPhrases: readonly ErrorPhrase[] = [
  {
    code: 'privileges-changed',
    words: /incorrect privileges/,
    operations: ['pluginPull'],
    seen: ['pull.privileges-empty', 'pull.privileges-fewer', 'pull.privileges-other-mount'],
  },
  {
    code: 'not-a-plugin',
    words:
      /did not find plugin config|plugin config is missing|plugin image but manifest is missing|failed to parse config|invalid config json|error unmarshaling plugin config/,
    operations: REGISTRY,
    seen: [
      'privileges.image',
      'privileges.plugin-index',
      'pull.image',
      'pull.oci-image',
      'pull.config-not-json',
      'moby plugin/fetch_linux.go',
      'moby plugin/manager_linux.go',
    ],
  },
  {
    code: 'not-a-plugin',
    words:
      /Encountered remote .* when fetching|unsupported manifest format|unsupported media ?type|target is image/i,
    operations: REGISTRY,
    seen: ['moby distribution/errors.go'],
  },
  {
    code: 'pull-failed',
    words: /read-only file system/,
    operations: ['pluginPull'],
    seen: ['Linux errno(3)'],
  },
  {
    code: 'corrupt-layer',
    words:
      /unexpected commit (?:digest|size)|failed size validation|error applying layer .*(?:tar header|gzip: |zlib: |flate: |zstd|unexpected EOF)/,
    operations: ['pluginPull'],
    seen: ['pull.layer-corrupt', 'pull.layer-not-a-tar', 'containerd content/local/writer.go'],
  },
  {
    // A registry that goes away in mid-download and one whose content is cut read the same.
    code: 'incomplete-layer',
    words: /failed to read expected number of bytes/,
    operations: ['pluginPull'],
    seen: ['pull.layer-short'],
  },
  {
    code: 'corrupt-layer',
    words:
      /could not fetch content descriptor .* not found|\/blobs\/.*(?:404 Not Found|not found: not found)/,
    operations: ['pluginPull'],
    inStream: true,
    says: 'the registry lacks a part of {subject}: ',
    seen: [
      'pull.tls-layer-missing',
      'pull.tls-config-missing',
      'containerd remotes/docker/fetcher.go',
    ],
  },
  {
    code: 'corrupt-layer',
    words:
      /\/blobs\/.*(?:server gave HTTP response to HTTPS client|HTTP request to an HTTPS server)/,
    operations: ['pluginPull'],
    inStream: true,
    says: 'the registry does not give a part of {subject}: ',
    seen: ['pull.layer-missing', 'pull.config-missing'],
  },
]

/** What a registry said, or the way to it. */
export const registryPhrases: readonly ErrorPhrase[] = [
  {
    code: 'registry-unreachable',
    words: /toomanyrequests|429 Too Many Requests|pull rate limit/i,
    operations: REGISTRY,
    says: 'the registry takes no more requests for {subject} at the moment: ',
    seen: ["Docker Hub's rate limit"],
  },
  // The cause is hidden: an engine that tries a registry over https and over http tells the failure of the
  // last attempt, whatever the first one said.
  {
    code: 'registry-unreachable',
    words:
      /server gave HTTP response to HTTPS client|HTTP request to an HTTPS server|400 Bad Request/,
    operations: REGISTRY,
    seen: [
      'pull.auth-none',
      'pull.auth-bad',
      'pull.missing-repo',
      'pull.missing-tag',
      'pull.digest-unknown',
      'pull.tls-missing-repo',
      'pull.tls-missing-tag',
    ],
  },
  {
    code: 'registry-unreachable',
    words:
      /connection re(?:fused|set)|i\/o timeout|TLS handshake timeout|Client\.Timeout|deadline exceeded|server misbehaving|5\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout)|"https?:[^"]*": EOF$/i,
    operations: REGISTRY,
    transient: true,
    seen: ['pull.unreachable', "Go's net and net/http packages"],
  },
  {
    code: 'registry-unreachable',
    words:
      /dial (?:tcp|udp)|no such host|network is unreachable|no route to host|TLS handshake|x509:|tls: |proxyconnect|failed to do request/i,
    operations: REGISTRY,
    seen: ['pull.unresolvable', "Go's net and crypto packages"],
  },
  {
    code: 'unauthorized',
    words:
      /401 Unauthorized|403 Forbidden|pull access denied|insufficient_scope|failed to authorize|no basic auth credentials|authentication required|authorization failed|requested access to the resource is denied|incorrect username or password|^unauthorized\b|^denied\b/i,
    operations: REGISTRY,
    seen: [
      'pull.tls-auth-none',
      'pull.tls-auth-bad',
      'pull.token-auth-none',
      'pull.token-auth-bad',
      'moby distribution/errors.go',
    ],
  },
  {
    code: 'not-found',
    words:
      /manifest unknown|name unknown|repository name not known|manifest for .* not found|404 Not Found|repository .* not found|: not found$/i,
    operations: REGISTRY,
    seen: ['moby distribution/errors.go', 'containerd remotes/docker/resolver.go'],
  },
  {
    code: 'unauthorized',
    words: /^/,
    operations: REGISTRY,
    statuses: [401, 403],
    seen: ['documented for API versions before 1.41'],
  },
  {
    code: 'not-found',
    words: /^/,
    operations: REGISTRY,
    statuses: [404],
    seen: ['documented for API versions before 1.41'],
  },
]
