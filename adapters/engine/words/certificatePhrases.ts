import { REGISTRY } from './pullPhrases.ts'
import { during } from './sentences.ts'

/** Why an engine and a registry do not agree on certificates. */
export const certificatePhrases = during(REGISTRY, [
  {
    code: 'registry-unreachable',
    words:
      /missing (?:key|client certificate) \S+ for|CA certificates must use the extension|certs\.d\/[^\n]*: (?:permission denied|is a directory|not a directory)|private key does not match public key|failed to find any PEM data/,
    says: "the engine cannot use the certificates that it has for {subject}'s registry: ",
    next: 'Mend the folder /etc/docker/certs.d/{registry} on the host of the ENGINE: NAME.crt is a CA, and NAME.cert and NAME.key are a client certificate and its key.',
    seen: ['moby registry/registry.go'],
  },
  {
    code: 'registry-unreachable',
    words:
      /remote error: tls: (?:bad certificate|certificate required|(?:un(?:known|supported)|revoked|expired) certificate|access denied)/,
    says: 'the registry of {subject} wants a client certificate of the engine, or another one than it got: ',
    next: 'Put the client certificate and its key into /etc/docker/certs.d/{registry}/client.cert and client.key on the host of the ENGINE.',
    seen: ['Go crypto/tls alert.go'],
  },
  {
    code: 'registry-unreachable',
    words:
      /x509: (?:certificate relies on legacy Common Name|certificate specifies an incompatible key usage|certificate is not authorized to sign|unhandled critical extension|too many intermediates|a root or intermediate certificate is not authorized)|insecure algorithm/,
    says: "the engine does not trust the certificate of {subject}'s registry: ",
    next: "The registry's certificate is not made as it should be: ask its operator for one that names {registry} as a Subject Alternative Name, is for servers, and is not signed by means of SHA-1.",
    seen: ['Go crypto/x509 verify.go'],
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
])
