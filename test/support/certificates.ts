import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A certificate and its key, as PEM and as the files that hold it. */
export interface Issued {
  cert: string
  key: string
  certFile: string
  keyFile: string
}

export interface IssueOptions {
  /** As in a subjectAltName. Default: the loopback address. */
  names?: string
  /** Until it expires; -1: it has, yesterday. */
  days?: number
  /** By its own key in place of that of the authority. */
  selfSigned?: boolean
  /** The digest that is signed with. Default: that of openssl. */
  digest?: 'sha1'
}

export interface Authority {
  /** Its own certificate: one of an authority, and no other. */
  ca: string
  caFile: string
  keyFile: string
  issue(name: string, options?: IssueOptions): Promise<Issued>
  /** Every file is below. */
  folder: string
  remove(): void
}

const run = promisify(execFile)
const LIMIT_MS = 60_000
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** A certificate authority of the test's own, made by openssl. */
export async function makeAuthority(parent: string = tmpdir()): Promise<Authority> {
  const folder = mkdtempSync(join(parent, 'authority-'))
  const file = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => run('openssl', args, { timeout: LIMIT_MS })
  const [caFile, caKeyFile] = [file('ca.pem'), file('ca-key.pem')]
  const use = ['-addext', 'keyUsage=critical,keyCertSign']
  const out = ['-keyout', caKeyFile, '-out', caFile]
  await openssl('req', '-x509', ...EC, '-subj', '/CN=test CA', '-days', '1', ...use, ...out)
  return {
    ca: readFileSync(caFile, 'utf8'),
    caFile,
    keyFile: caKeyFile,
    folder,
    async issue(name, options = {}) {
      const { names = 'IP:127.0.0.1,DNS:localhost', days = 1, selfSigned, digest } = options
      const [certFile, keyFile] = [file(`${name}.pem`), file(`${name}-key.pem`)]
      const [request, extensions] = [file(`${name}.csr`), file(`${name}.ext`)]
      writeFileSync(extensions, `subjectAltName=${names}\n`)
      await openssl(
        'req',
        '-new',
        ...EC,
        '-subj',
        `/CN=${name}`,
        '-keyout',
        keyFile,
        '-out',
        request,
      )
      const signer = selfSigned
        ? ['-signkey', keyFile]
        : ['-CA', caFile, '-CAkey', caKeyFile, '-set_serial', `0x${randomBytes(8).toString('hex')}`]
      const by = digest ? [`-${digest}`] : []
      const signed = [...by, '-extfile', extensions, '-days', String(days), '-out', certFile]
      await openssl('x509', '-req', '-in', request, ...signer, ...signed)
      const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')]
      return { cert, key, certFile, keyFile }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
