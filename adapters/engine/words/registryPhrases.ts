import { REGISTRY } from './pullPhrases.ts'
import { during } from './sentences.ts'

/** Registries that hide what is private say it of a name that they do not have as well. */
const DENIED =
  /pull access denied|insufficient_scope|requested access to the resource is denied|403 Forbidden|(?:^|": |errors:\s*)denied\b/i

const LIMITED = /toomanyrequests|too many requests|HTTP 429 |pull rate limit/i

/** Why a registry gives nothing whatever the credentials are. Its words may stand in a web page. */
export const limitPhrases = during(REGISTRY, [
  {
    code: 'registry-unreachable',
    words: LIMITED,
    withCredentials: false,
    says: 'the registry takes no more requests for {subject} at the moment: ',
    next: 'Wait until the limit is over, or log in to the registry (docker login {registry}) for a higher one.',
    seen: ["Docker Hub's rate limit"],
  },
  {
    code: 'registry-unreachable',
    words: LIMITED,
    withCredentials: true,
    says: 'the registry takes no more requests of this account for {subject} at the moment: ',
    next: 'Wait until the limit of the account is over, or log in with one that has a higher limit (docker login {registry}).',
    seen: ["Docker Hub's rate limit"],
  },
  {
    code: 'pull-failed',
    words:
      /402 Payment Required|\bpayment required\b|quota (?:has been |was )?exceeded|exceed\w* .{0,40}quota/i,
    says: 'the registry wants to be paid for {subject}, or a quota there is used up: ',
    next: "Ask the owner of the registry's account, or its operator, about the quota and the bill.",
    seen: ['RFC 9110, section 15.5.3'],
  },
  {
    code: 'pull-failed',
    words:
      /PROJECTPOLICYVIOLATION|due to configured policy|content policy|blocked by .{0,60}policy/i,
    says: 'a policy of the registry withholds {subject}: ',
    next: 'Ask the operator of {registry}, or the publisher: no credentials change this.',
    seen: ["Harbor's check for vulnerabilities"],
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
])

/** The words of registries about a name and about credentials. */
export const registryPhrases = during(REGISTRY, [
  {
    // A login page, too. That of a registry which wants credentials has the status 401.
    code: 'registry-unreachable',
    words: /^(?!.*\b401\b).*(?:invalid character '<' looking for|<!doctype html|<html[\s>])/is,
    says: 'a web page came in place of an answer of the registry of {subject}: ',
    next: 'Try again later. If it stays, a gateway, a firewall or a login page answers the engine in place of the registry, or {registry} is no registry.',
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
      /401 (?:Unauthorized|Authorization Required)|HTTP 401 |failed to authorize|no basic auth credentials|authentication required|authorization failed|incorrect username or password|(?:^|": )unauthorized\b/i,
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
