import { createPrivateKey } from 'node:crypto'
import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import {
  hasExpired,
  secureContext,
  type TlsOptions,
} from '../../../../adapters/engine/http/engineTarget.ts'
import { type Authority, type Issued, makeAuthority } from '../../../support/certificates.ts'
import { PLANTED, refusedWith } from '../../../support/engineFailure.ts'
import { suite } from '../../../support/suite.ts'

suite('secureContext', (test) => {
  let authority: Authority
  let client: Issued
  let other: Issued
  test.before(async () => {
    authority = await makeAuthority()
    client = await authority.issue('client')
    other = await authority.issue('other', { days: -1 })
  })
  test.after(() => authority?.remove())

  const refused = async (options: TlsOptions, why: string) => {
    const error = await refusedWith('invalid-option', async () =>
      secureContext('tcp://engine:2376', options),
    )
    assert.is(error.message, `TLS with tcp://engine:2376 cannot be set up: ${why}`)
    assert.not.ok(inspect(error).includes('PRIVATE'))
  }

  test('nothing, text, and bytes', () => {
    const { cert, key } = client
    const bytes = { cert: Buffer.from(cert), key: Buffer.from(key), ca: Buffer.from(authority.ca) }
    for (const options of [{}, { verify: false }, { ca: authority.ca }, { cert, key }, bytes]) {
      assert.ok(secureContext('tcp://engine:2376', options))
    }
  })

  test('a chain', () => {
    const cert = `${client.cert}${authority.ca}`
    assert.ok(secureContext('tcp://engine:2376', { cert, key: client.key }))
  })

  test('one half of what the client shows', async () => {
    await refused({ cert: client.cert }, "the client's key is missing")
    await refused({ key: client.key }, "the client's certificate is missing")
  })

  for (const text of ['', PLANTED, `-----BEGIN CERTIFICATE-----\n${PLANTED}\n`]) {
    test(`no PEM :: ${JSON.stringify(text.slice(0, 10))}`, async () => {
      await refused({ ca: text }, 'the certificate of the CA is invalid')
      await refused({ cert: text, key: client.key }, "the client's certificate is invalid")
      await refused({ cert: client.cert, key: Buffer.from(text) }, "the client's key is invalid")
    })
  }

  test('DER, which nothing else here takes', async () => {
    const ca = Buffer.from(authority.ca.replace(/-----.*-----|\s/g, ''), 'base64')
    await refused({ ca }, 'the certificate of the CA is invalid')
  })

  test('a key with a passphrase', async () => {
    const passphrase = PLANTED
    const key = createPrivateKey(client.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase,
    })
    await refused(
      { cert: client.cert, key },
      "the client's key has a passphrase: store it without one",
    )
  })

  test('the key of another certificate', async () => {
    await refused(
      { cert: client.cert, key: other.key },
      "the client's certificate and key cannot be used together",
    )
  })

  test('hasExpired', () => {
    assert.is(hasExpired(client.cert), false)
    assert.is(hasExpired(Buffer.from(other.cert)), true)
  })
})
