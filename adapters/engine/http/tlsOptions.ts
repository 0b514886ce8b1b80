import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { defined } from '../../../machines/defined.ts'
import { EngineError } from '../../../machines/errors.ts'

/** How TLS is spoken with an engine. Certificates and keys are PEM, not names of files. */
export interface TlsOptions {
  /** `false` takes any certificate of the engine: who is in between reads everything. Default `true`. */
  verify?: boolean
  /** The only authorities that may have signed the engine's certificate. Default: those that Node.js trusts. */
  ca?: string | Buffer
  /** The client's certificate, with what else is in its chain. */
  cert?: string | Buffer
  /** The private key of the client's certificate, without a passphrase. */
  key?: string | Buffer
}

/**
 * What TLS is spoken with. The key stays in it, where nothing prints it.
 *
 * @throws EngineError `invalid-option` for what is no PEM, a key with a passphrase, or one of another
 * certificate; it quotes nothing of them
 */
export function secureContext(host: string, { ca, cert, key }: TlsOptions): SecureContext {
  const refuse = (why: string): never => {
    throw new EngineError('invalid-option', `TLS with ${host} cannot be set up: ${why}`)
  }
  if ((cert === undefined) !== (key === undefined)) {
    refuse(`the client's ${cert === undefined ? 'certificate' : 'key'} is missing`)
  }
  if (ca !== undefined && !isCertificate(ca)) refuse('the certificate of the CA is none')
  if (cert !== undefined && !isCertificate(cert)) refuse("the client's certificate is none")
  if (key !== undefined) {
    const problem = problemOfKey(key)
    if (problem) refuse(problem)
  }
  try {
    return createSecureContext(defined({ ca, cert, key }))
  } catch {
    return refuse("the client's certificate and key cannot be used together")
  }
}

/** Whether a certificate was good once, by the clock of this host. */
export function hasExpired(pem: string | Buffer): boolean {
  return Date.parse(new X509Certificate(pem).validTo) < Date.now()
}

function isCertificate(pem: string | Buffer): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0 && String(pem).includes('-----BEGIN')
  } catch {
    return false
  }
}

function problemOfKey(key: string | Buffer): string | undefined {
  try {
    createPrivateKey(key)
    return undefined
  } catch {
    return String(key).includes('ENCRYPTED')
      ? "the client's key has a passphrase: store it without one"
      : "the client's key is none"
  }
}
