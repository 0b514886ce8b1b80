import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import type {
  EngineConnectionOptions,
  TlsOptions,
} from '../../../../adapters/engine/http/engineTarget.ts'
import type { ObstacleCode } from '../../../../adapters/engine/words/transportFailures.ts'
import { type Authority, type Issued, makeAuthority } from '../../../support/certificates.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerPing, serveBytes, serveEngine } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { connectTo } from '../connectTo.ts'
import { never, ping, requestOf } from '../engineFixture.ts'
import { kept } from '../obstacleFixture.ts'
import { type SecureEngine, type SecureEngineOptions, serveSecureEngine } from '../tlsFixture.ts'

type Certificates = Record<'engine' | 'expired' | 'elsewhere' | 'client', Issued>

const ENDED = /^the connection to \S+ ended before systemPing of \S+ was answered$/

suite('TlsAgent', (test) => {
  let ours: Authority
  let foreign: Authority
  let certificates: Certificates
  let stranger: Issued
  const opened: { close(): unknown }[] = []

  test.before(async () => {
    ;[ours, foreign] = await Promise.all([makeAuthority(), makeAuthority()])
    const issue = (name: string, options = {}) => ours.issue(name, options)
    const [engine, expired, elsewhere, client] = await Promise.all([
      issue('engine'),
      issue('expired', { days: -1 }),
      issue('elsewhere', { names: 'DNS:elsewhere.example,IP:127.0.0.2' }),
      issue('client'),
    ])
    certificates = { engine, expired, elsewhere, client }
    stranger = await foreign.issue('stranger')
  })
  test.after.each(async () => {
    for (const { close } of opened.splice(0)) await close()
  })
  test.after(() => {
    ours?.remove()
    foreign?.remove()
  })

  const serve = async ({ cert, key }: Issued, more: SecureEngineOptions = {}) => {
    const server = await serveSecureEngine({ cert, key, ...more })
    opened.push(server)
    return server
  }
  const open = (options: EngineConnectionOptions) => {
    const connection = connectTo({ timeouts: { connect: 30_000, answer: 30_000 }, ...options })
    opened.unshift(connection)
    return connection
  }
  const pingAt = (host: string, tls?: TlsOptions, more: Partial<EngineConnectionOptions> = {}) =>
    ping(open({ host, ...(tls ? { tls } : {}), ...more }))
  const refused = (code: ObstacleCode, host: string, tls: TlsOptions, why: string) =>
    kept({ code, why }, host, () => pingAt(host, tls))
  /** It is sent nothing. */
  const untrusted = async ({ host, requests }: SecureEngine, tls: TlsOptions, why: string) => {
    await refused('engine-not-trusted', host, tls, why)
    assert.equal(requests, [])
  }

  test('tcp :: the certificate of its CA is good, and one socket for one call after another', async () => {
    const server = await serve(certificates.engine)
    const connection = open({ host: server.host, tls: { ca: ours.ca } })
    for (let call = 0; call < 3; call++) {
      assert.is((await ping(connection)).apiVersion, '1.41')
    }
    assert.is(server.requests.length, 3)
    assert.equal(server.handshakes, [{ servername: '', protocol: 'http/1.1' }])
  })

  test('https :: the name of the host is asked for', async () => {
    const server = await serve(certificates.engine)
    const connection = open({
      host: `https://localhost:${server.port}/panel`,
      tls: { ca: ours.ca },
    })
    await ping(connection)
    await (await connection.send(requestOf('POST', '/a'), never)).text()
    const handshake = { servername: 'localhost', protocol: 'http/1.1' }
    assert.equal(server.handshakes, [handshake, handshake])
    assert.is(server.requests[0]?.host, `localhost:${server.port}`)
  })

  test('headers go along', async () => {
    const server = await serve(certificates.engine)
    await pingAt(server.host, { ca: ours.ca }, { headers: { 'X-Panel-Token': 'let-me-in' } })
    assert.is(server.requests[0]?.['x-panel-token'], 'let-me-in')
  })

  test('expired', async () => {
    const server = await serve(certificates.expired)
    await untrusted(server, { ca: ours.ca }, 'its certificate has expired: it needs a new one')
  })

  test('for another host', async () => {
    const server = await serve(certificates.elsewhere)
    await untrusted(
      server,
      { ca: ours.ca },
      'its certificate is for another host: use the name that is in it, if this is the engine that is meant',
    )
  })

  const FOREIGN = 'its certificate is not signed by the CA that is trusted for it'
  test('of a foreign CA', async () => {
    await untrusted(await serve(stranger), { ca: ours.ca }, FOREIGN)
  })

  test('of a CA that was not named', async () => {
    const server = await serve(certificates.engine)
    await untrusted({ ...server, host: `https://127.0.0.1:${server.port}` }, {}, FOREIGN)
  })

  test('signed by itself :: good where it is trusted', async () => {
    const own = await ours.issue('own', { selfSigned: true })
    const server = await serve(own)
    await untrusted(server, { ca: ours.ca }, FOREIGN)
    assert.is((await pingAt(server.host, { ca: own.cert })).apiVersion, '1.41')
  })

  test('one that is not for a server', async () => {
    const key = readFileSync(ours.keyFile, 'utf8')
    const server = await serve({ ...certificates.engine, cert: ours.ca, key })
    await untrusted(server, { ca: ours.ca }, 'its certificate is not one for a server')
  })

  test('signed by SHA-1', async () => {
    const weak = await ours.issue('weak', { digest: 'sha1' })
    const server = await serve(weak, { ciphers: 'DEFAULT@SECLEVEL=0' })
    const why = 'its certificate is too weak, or not made as it should be: it needs another one'
    await untrusted(server, { ca: ours.ca }, why)
  })

  test('without a check :: any certificate is taken', async () => {
    for (const each of [certificates.expired, certificates.elsewhere, stranger]) {
      const { host } = await serve(each)
      assert.is((await pingAt(host, { verify: false })).apiVersion, '1.41')
      assert.is((await pingAt(host, { verify: false, ca: ours.ca })).apiVersion, '1.41')
    }
  })

  const NOT_IN =
    "it does not let this client in: it wants a client's certificate, or another one than it got"
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const wanting = () => serve(certificates.engine, { requestCert: true, ca: ours.ca, maxVersion })

    test(`a certificate of the client is wanted :: ${maxVersion} :: it is shown`, async () => {
      const { cert, key } = certificates.client
      const { host } = await wanting()
      assert.is((await pingAt(host, { ca: ours.ca, cert, key })).apiVersion, '1.41')
    })

    test(`a certificate of the client is wanted :: ${maxVersion} :: without one`, async () => {
      await refused('engine-access-denied', (await wanting()).host, { ca: ours.ca }, NOT_IN)
    })

    test(`a certificate of the client is wanted :: ${maxVersion} :: another is cut off`, async () => {
      const { cert, key } = stranger
      const { host } = await wanting()
      const error = await refusedWith('engine-unreachable', () =>
        pingAt(host, { ca: ours.ca, cert, key }),
      )
      assert.match(error.message, ENDED)
    })
  }

  const EXPIRED = "the client's certificate has expired: it needs a new one"
  const DAMAGED = 'it does not speak TLS as it should'
  const OLD = 'it speaks no version of TLS that is spoken here'
  const DENIED = 'engine-access-denied'
  const alerts: [number: number, name: string, ObstacleCode, ours: string, expired?: string][] = [
    [40, 'handshake failure', DENIED, NOT_IN],
    [42, 'bad certificate', DENIED, NOT_IN, EXPIRED],
    [45, 'certificate expired', DENIED, EXPIRED],
    [48, 'unknown CA', DENIED, NOT_IN],
    [49, 'access denied', DENIED, NOT_IN],
    [70, 'protocol version', 'engine-protocol', OLD],
    [80, 'internal error', 'engine-unreachable', DAMAGED],
    [112, 'unrecognized name', 'engine-unreachable', DAMAGED],
  ]
  for (const [number, name, code, why, whenExpired = why] of alerts) {
    test(`an alert :: ${name}`, async () => {
      const server = await serveBytes((socket) =>
        socket.end(Buffer.from([21, 3, 3, 0, 2, 2, number])),
      )
      opened.push(server)
      const { ca } = ours
      const { client, expired } = certificates
      await refused(code, server.host, { ca }, why)
      await refused(code, server.host, { ca, cert: client.cert, key: client.key }, why)
      const { cert, key } = expired
      await refused(code, server.host, { ca, cert, key }, whenExpired)
    })
  }

  test('a version of TLS that is too old', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const { host } = await serve(certificates.engine, old)
    await refused('engine-protocol', host, { ca: ours.ca }, OLD)
  })

  test('no TLS there', async () => {
    const server = await serveEngine((_, response) => answerPing(response), { tcp: true })
    opened.push(server)
    await refused('engine-protocol', server.host, { ca: ours.ca }, 'it speaks no TLS')
  })

  test('something else there', async () => {
    const server = await serveBytes((socket) => socket.end('220 mail.example ESMTP\r\n'))
    opened.push(server)
    await refused('engine-protocol', server.host, { ca: ours.ca }, 'it speaks no TLS')
  })

  test('a handshake that is no handshake', async () => {
    // A record of the handshake, and in it what no server says.
    const server = await serveBytes((socket) =>
      socket.end(Buffer.from('160303000455000000', 'hex')),
    )
    opened.push(server)
    await refused('engine-unreachable', server.host, { ca: ours.ca }, DAMAGED)
  })

  test('TLS there, and none here', async () => {
    const { host } = await serve(certificates.engine)
    const error = await refusedWith('engine-unreachable', () => pingAt(host))
    assert.match(error.message, ENDED)
  })

  test('hung up in the handshake', async () => {
    const server = await serveBytes((socket) => socket.destroy())
    opened.push(server)
    const error = await refusedWith('engine-unreachable', () =>
      pingAt(server.host, { ca: ours.ca }),
    )
    assert.match(error.message, ENDED)
  })

  test('a handshake that hangs :: is given up in time', async () => {
    const server = await serveBytes(() => {})
    opened.push(server)
    const timeouts = { connect: 1_000 }
    const error = await refusedWith('engine-unreachable', () =>
      pingAt(server.host, { ca: ours.ca }, { timeouts }),
    )
    const why = 'it did not take the connection in time'
    assert.is(error.message, `no Docker Engine answers at ${server.host}: ${why}`)
  })

  test('an answer that hangs :: is given up in time', async () => {
    const server = await serve(certificates.engine, { answers: false })
    const error = await refusedWith('timed-out', () =>
      pingAt(server.host, { ca: ours.ca }, { timeouts: { answer: 1_000 } }),
    )
    assert.match(error.message, `the engine at ${server.host} took too long over systemPing`)
    assert.is(server.requests.length, 1)
  })

  test('a key is shown by nothing', async () => {
    const server = await serve(certificates.engine)
    const { cert, key } = certificates.client
    const connection = open({ host: server.host, tls: { ca: ours.ca, cert, key } })
    await ping(connection)
    const shown = inspect(connection, { depth: Number.POSITIVE_INFINITY, showHidden: true })
    assert.not.ok(shown.includes(key.split('\n')[1] ?? key))
  })
})
