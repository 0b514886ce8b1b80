import * as assert from 'uvu/assert'
import { transportFailure } from '../../../adapters/engine/transportFailures.ts'
import { PLANTED } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'

const FOREIGN = 'its certificate is not signed by the CA that is trusted for it'
const NOT_LET_IN =
  "it does not let this client in: it wants a client's certificate, or another one than it got"

const FAILURES: [code: string, words: string, why: string][] = [
  ['CERT_NOT_YET_VALID', '', 'its certificate is not valid yet: check the clocks of both hosts'],
  ['CERT_REVOKED', '', 'its certificate was revoked'],
  ['SELF_SIGNED_CERT_IN_CHAIN', '', FOREIGN],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', '', FOREIGN],
  // Where a handshake fails in a write, its words are in the message alone.
  [
    'EPROTO',
    'write EPROTO 80:error:0A00010B:SSL routines::wrong version number',
    'it speaks no TLS',
  ],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', '', 'it speaks no TLS'],
  ['ERR_SSL_HTTP_REQUEST', '', 'it speaks no TLS'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', '', 'it speaks no version of TLS that is spoken here'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', '', NOT_LET_IN],
  [
    'EPROTO',
    'write EPROTO 80:error:0A000412:SSL routines::sslv3 alert bad certificate',
    NOT_LET_IN,
  ],
  ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', '', 'it does not speak TLS as it should'],
  ['EPROTO', PLANTED, 'it does not speak TLS as it should'],
  ['EMFILE', PLANTED, 'EMFILE'],
  ['', PLANTED, 'it cannot be used'],
]

suite('transportFailure', (test) => {
  for (const [code, words, why] of FAILURES) {
    test(`${code} ${words.slice(-25)}`, () => assert.is(transportFailure(code, words), why))
  }
})
