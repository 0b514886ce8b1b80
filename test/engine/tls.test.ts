import { copyFileSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Authority, type Issued, makeAuthority } from '../support/certificates.ts'
import { makeDockerFolder } from '../support/dockerFolder.ts'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'

engineSuite('real engine :: TLS', (test, world) => {
  let foreign: Authority
  let client: Issued
  let expired: Issued
  let stranger: Issued
  test.before(async () => {
    const { authority } = world().secure
    foreign = await makeAuthority(world().folder)
    ;[client, expired, stranger] = await Promise.all([
      authority.issue('client'),
      authority.issue('expired', { days: -1 }),
      foreign.issue('stranger'),
    ])
  })

  /** Docker's variables for these files. */
  const variables = (shown?: Issued, { caFile } = world().secure.authority) => {
    const folder = mkdtempSync(join(world().folder, 'certs-'))
    copyFileSync(caFile, join(folder, 'ca.pem'))
    if (shown) {
      copyFileSync(shown.certFile, join(folder, 'cert.pem'))
      copyFileSync(shown.keyFile, join(folder, 'key.pem'))
    }
    return { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder }
  }
  const refused = async (host: string, env: Record<string, string>) => {
    const error = await failure(
      install(world(), { reference: world().reference('plain') }, host, env),
    )
    assert.is(error.state, 'checkPrivileges')
    assert.equal(error.rollback, { result: 'nothingToRemove' })
    return error
  }

  test('a plugin is installed with a certificate of the client', async () => {
    const reference = world().reference('plain')
    const options = { reference, settings: { DEBUG: '7' } }
    const flow = install(world(), options, world().secure.host, variables(client))
    assert.is((await flow.result).name, reference)
    assert.equal(await onEngine(world()), [`${reference} enabled`])
  })

  test('a Docker context says how', async () => {
    const { host, authority } = world().secure
    const folder = makeDockerFolder(world().folder)
    const tls = { ca: authority.ca, cert: client.cert, key: client.key }
    folder.context('cellar', { Host: host }, tls)
    const reference = world().reference('big')
    const env = { ...folder.env, DOCKER_CONTEXT: 'cellar' }
    await install(world(), { reference, disabled: true }, undefined, env).result
    assert.equal(await onEngine(world()), [`${reference} disabled`])
  })

  const NOT_LET_IN =
    "it does not let this client in: it wants a client's certificate, or another one than it got"
  const shown: [title: string, shows: () => Issued | undefined, why: string][] = [
    ['none', () => undefined, NOT_LET_IN],
    ['one of a foreign CA', () => stranger, NOT_LET_IN],
    ['an expired one', () => expired, "the client's certificate has expired: it needs a new one"],
  ]
  for (const [title, shows, why] of shown) {
    test(`the client's certificate :: ${title}`, async () => {
      const { host } = world().secure
      const error = await refused(host, variables(shows()))
      assert.equal([error.code, error.retryable], ['engine-access-denied', false])
      assert.is(error.message, `no access to the engine at ${host}: ${why}`)
    })
  }

  test("the engine's certificate :: is not of the CA that is trusted", async () => {
    const { host } = world().secure
    const error = await refused(host, variables(client, foreign))
    const why = 'its certificate is not signed by the CA that is trusted for it'
    assert.equal([error.code, error.retryable], ['engine-not-trusted', false])
    assert.is(error.message, `what answers at ${host} is not trusted: ${why}`)
  })

  test('TLS that was not asked for', async () => {
    const { host } = world().secure
    const error = await refused(host, {})
    assert.is(error.code, 'engine-protocol')
    const words = 'Client sent an HTTP request to an HTTPS server.'
    assert.is(error.message, `what answers at ${host} wants TLS, which was not asked for: ${words}`)
  })
})
