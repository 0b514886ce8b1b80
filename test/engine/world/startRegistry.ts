import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runTool } from './runTool.ts'
import { type Keep, startProcess } from './startProcess.ts'

const START_LIMIT_MS = 20_000
const STOP_LIMIT_MS = 5_000

export interface RegistryOptions {
  /** Its files, shared by every registry that has the same one: three doors to one store. */
  store: string
  certificate?: { certificate: string; key: string }
  /** A file of htpasswd lines (bcrypt). */
  passwords?: string
  /** The token server that it sends its clients to, and the file of the certificate it trusts. */
  token?: { realm: string; service: string; issuer: string; rootcertbundle: string }
}

/**
 * Starts a registry on a free loopback port. Resolves once it listens. An engine takes a registry on a loopback address
 * for insecure, and a newer one then hides what it says behind an attempt without TLS: one with TLS is addressed as
 * 0.0.0.0, which is this host as well.
 */
export async function startRegistry(
  folder: string,
  name: string,
  options: RegistryOptions,
  keep: Keep,
): Promise<{ address: string }> {
  const file = join(folder, `${name}.json`)
  // JSON is YAML, which is what the registry reads.
  writeFileSync(file, JSON.stringify(registryConfig(options)))
  const owned = startProcess('docker-registry', ['serve', file])
  keep(owned, () => owned.end(STOP_LIMIT_MS))
  const [, port] = await owned.says(/listening on 127\.0\.0\.1:(\d+)/, START_LIMIT_MS)
  return { address: `${options.certificate ? '0.0.0.0' : '127.0.0.1'}:${port}` }
}

function registryConfig({ store, certificate, passwords, token }: RegistryOptions): object {
  return {
    version: 0.1,
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: store } },
    http: { addr: '127.0.0.1:0', secret: 'loopback', ...(certificate ? { tls: certificate } : {}) },
    ...(passwords ? { auth: { htpasswd: { realm: 'world', path: passwords } } } : {}),
    ...(token ? { auth: { token } } : {}),
  }
}

/** A self-signed certificate for the loopback address, good for a day. */
export async function makeCertificate(
  folder: string,
): Promise<{ certificate: string; key: string }> {
  const files = { certificate: join(folder, 'registry.crt'), key: join(folder, 'registry.key') }
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,IP:0.0.0.0']
  const out = ['-days', '1', '-keyout', files.key, '-out', files.certificate]
  await runTool('openssl', ['req', ...kind, ...subject, ...out])
  return files
}

/** A password file for one account. */
export async function makePasswords(
  folder: string,
  account: { username: string; password: string },
): Promise<string> {
  const file = join(folder, 'htpasswd')
  writeFileSync(file, await runTool('htpasswd', ['-Bbn', account.username, account.password]))
  return file
}
