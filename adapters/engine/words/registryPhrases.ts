import { REGISTRY } from './pullPhrases.ts'
import { during } from './sentences.ts'

const ENGINE_PROXY =
  "Correct the proxy that the ENGINE uses, with its user and password if it wants them: HTTPS_PROXY in the engine's environment (systemd: a drop-in of docker.service), or proxies in its daemon.json; then restart it. Credentials of the registry do not help."

/** Registries that hide what is private say it of a name that they do not have as well. */
const DENIED =
  /pull access denied|insufficient_scope|requested access to the resource is denied|403 Forbidden|^(?:errors:\s*)?denied\b/i

/** What a registry said, or the way to it. */
export const registryPhrases = during(REGISTRY, [
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
    words: /toomanyrequests|429 Too Many Requests|pull rate limit/i,
    says: 'the registry takes no more requests for {subject} at the moment: ',
    next: 'Wait until the limit is over, or log in to the registry (docker login {registry}) for a higher one.',
    seen: ["Docker Hub's rate limit"],
  },
  {
    code: 'pull-failed',
    words: /402 Payment Required|\bpayment required\b/i,
    says: 'the registry wants to be paid for {subject}, or a quota there is used up: ',
    next: "Ask the owner of the registry's account, or its operator, about the quota and the bill.",
    seen: ['RFC 9110, section 15.5.3'],
  },
  {
    code: 'pull-failed',
    words: /451 Unavailable|unavailable for legal reasons/i,
    says: 'the registry does not give {subject} for legal reasons: ',
    next: 'Ask the publisher or the operator of the registry: no credentials change this.',
    seen: ['RFC 7725'],
  },
  {
    code: 'pull-failed',
    words: /export control regulations|block all IP addresses/i,
    says: 'the registry does not give {subject} to the place where the engine is: ',
    next: 'Use a registry that may serve this place, or ask the operator of {registry}: no credentials change this.',
    seen: ["Docker Hub's page, as docker/docs issue 10533 has it"],
  },
  {
    code: 'registry-unreachable',
    words: /x509: certificate has expired or is not yet valid/,
    says: "the engine does not trust the certificate of {subject}'s registry: ",
    next: "The registry's certificate has to be renewed, or the clock of the engine's host is wrong.",
    seen: ['Go crypto/x509 verify.go'],
  },
  {
    code: 'registry-unreachable',
    words:
      /x509: (?:certificate is (?:valid for|not valid for any)|cannot validate certificate for)/,
    says: "the engine does not trust the certificate of {subject}'s registry: ",
    next: 'Use the name of the registry that is in its certificate, or ask its operator for one that has {registry} in it.',
    seen: ['Go crypto/x509 verify.go'],
  },
  {
    code: 'registry-unreachable',
    words: /x509: |tls: failed to verify certificate/,
    says: "the engine does not trust the certificate of {subject}'s registry: ",
    next: 'Put the CA certificate of the registry into /etc/docker/certs.d/{registry}/ca.crt on the host of the ENGINE, which has to trust it; what this machine trusts does not count.',
    seen: ['Go crypto/x509 verify.go', 'the documentation of Docker, "Verify repository client"'],
  },
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
    words: /HTTP request to an HTTPS server|400 Bad Request/,
    next: 'The engine takes the registry for insecure, and hides what it said first: check the name, the tag and the credentials, and whether the engine trusts its certificate (/etc/docker/certs.d/{registry}/ca.crt on the host of the ENGINE).',
    seen: ['pull.tls-missing-repo', 'pull.tls-missing-tag'],
  },
  {
    code: 'registry-unreachable',
    words:
      /connection re(?:fused|set)|i\/o timeout|TLS handshake timeout|Client\.Timeout|deadline exceeded|server misbehaving|5\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout)|"https?:[^"]*": EOF$/i,
    transient: true,
    seen: ['pull.unreachable', "Go's net and net/http packages"],
  },
  {
    code: 'registry-unreachable',
    words:
      /dial (?:tcp|udp)|no such host|network is unreachable|no route to host|TLS handshake|x509:|tls: |proxyconnect|failed to do request/i,
    seen: ['pull.unresolvable', "Go's net and crypto packages"],
  },
  {
    // A login page, too. That of a registry which wants credentials has the status 401.
    code: 'registry-unreachable',
    words: /^(?!.*\b401\b).*(?:invalid character '<' looking for|<!doctype html|<html[\s>])/is,
    says: 'a web page came in place of an answer of the registry of {subject}: ',
    next: 'Try again later. If it stays, a gateway, a firewall or a login page answers the engine in place of the registry, or {registry} is none.',
    seen: ['moby issue 41420'],
  },
  {
    code: 'unauthorized',
    words: /token (?:has|is) expired|expired token/i,
    says: 'the login at the registry of {subject} has expired: ',
    next: 'Log in to the registry again (docker login {registry}).',
    seen: ['Amazon ECR'],
  },
  {
    code: 'unauthorized',
    words: DENIED,
    withCredentials: true,
    says: 'the registry denies {subject} to this account, or has no such name: ',
    next: 'Check the name. If it is right, the account needs access to it, or log in with another one (docker login {registry}).',
    seen: ['Docker Hub, which hides what is private'],
  },
  {
    code: 'unauthorized',
    words: DENIED,
    withCredentials: false,
    says: 'the registry has no such name as {subject}, or gives it only to those who log in: ',
    next: 'Check the name. If it is right, log in to the registry (docker login {registry}) or pass credentials.',
    seen: ['pull.token-auth-none', 'moby distribution/errors.go'],
  },
  {
    code: 'unauthorized',
    words:
      /401 (?:Unauthorized|Authorization Required)|HTTP 401 |failed to authorize|no basic auth credentials|authentication required|authorization failed|incorrect username or password|^unauthorized\b/i,
    seen: [
      'pull.tls-auth-none',
      'pull.tls-auth-bad',
      'pull.token-auth-bad',
      'moby distribution/errors.go',
    ],
  },
  {
    code: 'not-found',
    words:
      /manifest unknown|name unknown|repository name not known|manifest for .* not found|404 Not Found|repository .* not found|: not found$/i,
    seen: ['moby distribution/errors.go', 'containerd remotes/docker/resolver.go'],
  },
  {
    code: 'unauthorized',
    words: /^/,
    statuses: [401, 403],
    seen: ['documented for API versions before 1.41'],
  },
  {
    code: 'not-found',
    words: /^/,
    statuses: [404],
    seen: ['documented for API versions before 1.41'],
  },
])
