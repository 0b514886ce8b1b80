import { REGISTRY } from './pullPhrases.ts'
import { during } from './sentences.ts'

const ENGINE_PROXY =
  "Correct the proxy that the ENGINE uses, with its user and password if it wants them: HTTPS_PROXY in the engine's environment (systemd: a drop-in of docker.service), or proxies in its daemon.json; then restart it. Credentials of the registry do not help."

/** A proxy that refuses a tunnel is quoted by the words of its status alone. */
const ALLOW_IN_PROXY =
  "Have the ENGINE's proxy allow {registry}, or name {registry} in NO_PROXY of the engine's environment, and restart the engine. Credentials of the registry do not help."

/** It passes by itself. */
const TRANSIENT =
  /connection re(?:fused|set)|broken pipe|i\/o timeout|TLS handshake timeout|Client\.Timeout|deadline exceeded|context canceled|server misbehaving|Temporary failure in name resolution|5\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)|(?:HTTP status:|HTTP) 5\d\d\b|^unavailable: |stream error: stream ID|server sent GOAWAY|"https?:[^"]*": (?:unexpected )?EOF$|failed to copy: (?:unexpected )?EOF$/i

const LASTING =
  /dial (?:tcp|udp)|no such host|network is unreachable|no route to host|TLS handshake|x509:|tls: |malformed HTTP|proxyconnect|failed to do request/i

/** The address of a server that gives tokens for a registry. */
const TOKEN_SERVER = /https?:\/\/(?<server>[^/\s"]+)[^\s"]*token/
const ASK_TOKEN_SERVER =
  'Check on the host of the ENGINE that it reaches {server}: its network, name service and proxy. If it does, try again later.'

/** The way from an engine to a registry: a proxy, names, connections. */
export const networkPhrases = during(REGISTRY, [
  {
    code: 'registry-unreachable',
    words: /Proxy Authentication Required/i,
    says: "the engine's proxy wants to be logged in to, on the way to the registry of {subject}: ",
    next: ENGINE_PROXY,
    seen: ['Go net/http transport.go, of an answer with status 407'],
  },
  {
    code: 'registry-unreachable',
    words: /proxyconnect.*(?:connection re(?:fused|set)|timeout|EOF)/s,
    transient: true,
    says: "the engine's proxy does not answer, on the way to the registry of {subject}: ",
    next: ENGINE_PROXY,
    seen: ['Go net/http transport.go'],
  },
  {
    code: 'registry-unreachable',
    words: /proxyconnect/,
    says: "the engine's proxy cannot be used, on the way to the registry of {subject}: ",
    next: ENGINE_PROXY,
    seen: ['Go net/http transport.go'],
  },
  {
    code: 'registry-unreachable',
    words:
      /"https:[^"]*": (?:Bad Gateway|Service Unavailable|Gateway Time-?[Oo]ut|Internal Server Error)$/,
    transient: true,
    says: "the engine's proxy cannot reach the registry of {subject}: ",
    next: ENGINE_PROXY,
    seen: ['Go net/http transport.go, of an answer to CONNECT'],
  },
  {
    code: 'registry-unreachable',
    words: /"https:[^"]*": (?:Forbidden|Unauthorized|Method Not Allowed|Not Found|Bad Request)$/,
    says: "the engine's proxy does not let the engine through to the registry of {subject}: ",
    next: ALLOW_IN_PROXY,
    seen: ['Go net/http transport.go, of an answer to CONNECT'],
  },
])

/** The rest of the way, where no certificate is the reason. */
export const connectionPhrases = during(REGISTRY, [
  // The cause is hidden: an engine that tries a registry over https and over http tells the failure of the
  // last attempt, whatever the first one said.
  {
    code: 'registry-unreachable',
    words: /server gave HTTP response to HTTPS client/,
    next: 'If the registry speaks http only, and you trust the network to it, name "{registry}" in insecure-registries of daemon.json on the host of the ENGINE, and restart the engine. If the engine takes it for insecure already, as one on a loopback address, it hides what the registry said: check the name, the tag and the credentials.',
    seen: [
      'pull.auth-none',
      'pull.auth-bad',
      'pull.missing-repo',
      'pull.missing-tag',
      'pull.digest-unknown',
    ],
  },
  {
    code: 'registry-unreachable',
    words:
      /HTTP request to an HTTPS server|400 Bad Request|"http:[^"]*": [^\n]*connection reset by peer$/,
    masked: true,
    says: 'the engine takes the registry of {subject} for insecure, and hides why it gives nothing: ',
    next: 'Check the name, the tag and the credentials (docker login {registry}), and whether the engine trusts its certificate (/etc/docker/certs.d/{registry}/ca.crt on the host of the ENGINE): the engine does not tell which of them it is.',
    seen: ['pull.tls-missing-repo', 'pull.tls-missing-tag', 'engine 28.5'],
  },
  {
    code: 'registry-unreachable',
    words: new RegExp(`${TOKEN_SERVER.source}.*(?:${TRANSIENT.source})`, 'is'),
    transient: true,
    says: 'the engine cannot reach {server}, which gives tokens for the registry of {subject}: ',
    next: ASK_TOKEN_SERVER,
    seen: ["Go's net and net/http packages"],
  },
  {
    code: 'registry-unreachable',
    words: new RegExp(`${TOKEN_SERVER.source}.*(?:${LASTING.source})`, 'is'),
    says: 'the engine cannot reach {server}, which gives tokens for the registry of {subject}: ',
    next: ASK_TOKEN_SERVER,
    seen: ["Go's net and net/http packages"],
  },
  {
    code: 'registry-unreachable',
    words: TRANSIENT,
    transient: true,
    seen: ['pull.unreachable', "Go's net and net/http packages"],
  },
  {
    code: 'registry-unreachable',
    words: /lookup [\w.-]+(?: on [^\s]+)?: no such host/,
    says: "the engine's host finds no address for the registry of {subject}: ",
    next: 'Check how {registry} is spelled, and the name service (DNS) that the host of the ENGINE uses.',
    seen: ['pull.unresolvable', "Go's net package"],
  },
  {
    code: 'registry-unreachable',
    words: LASTING,
    seen: ["Go's net and crypto packages"],
  },
  {
    code: 'registry-unreachable',
    words: /did not include a token in the response|unable to decode token response/,
    says: 'the server that gives tokens for the registry of {subject} gave none: ',
    next: 'Try again later. If it stays, ask the operator of {registry}: its server of tokens is out of order.',
    seen: ['moby registry/auth.go, docker/distribution session.go'],
  },
])
