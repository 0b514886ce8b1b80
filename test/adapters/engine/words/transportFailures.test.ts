import * as assert from 'uvu/assert'
import {
  type ObstacleCode,
  transportFailure,
} from '../../../../adapters/engine/words/transportFailures.ts'
import { PLANTED } from '../../../support/engineFailure.ts'
import { suite } from '../../../support/suite.ts'

const FOREIGN = 'its certificate is not signed by the CA that is trusted for it'
const NO_RIGHT = 'this user may not use the socket (on Linux: the group docker)'
const NOT_LET_IN =
  "it does not let this client in: it wants a client's certificate, or another one than it got"

const UNFIT = 'its certificate is too weak, or not made as it should be: it needs another one'
const DAMAGED = 'it does not speak TLS as it should'

const FAILURES: [code: string, words: string, becomes: ObstacleCode, why: string][] = [
  ['EACCES', '', 'engine-access-denied', NO_RIGHT],
  ['EPERM', '', 'engine-access-denied', NO_RIGHT],
  [
    'CERT_NOT_YET_VALID',
    '',
    'engine-not-trusted',
    'its certificate is not valid yet: check the clocks of both hosts',
  ],
  ['CERT_REVOKED', '', 'engine-not-trusted', 'its certificate was revoked'],
  ['SELF_SIGNED_CERT_IN_CHAIN', '', 'engine-not-trusted', FOREIGN],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', '', 'engine-not-trusted', FOREIGN],
  ['UNSPECIFIED', 'CA signature digest algorithm too weak', 'engine-not-trusted', UNFIT],
  ['CERT_CHAIN_TOO_LONG', '', 'engine-not-trusted', UNFIT],
  // Where a handshake fails in a write, its words are in the message alone.
  [
    'EPROTO',
    'write EPROTO 80:error:0A00010B:SSL routines::wrong version number',
    'engine-protocol',
    'it speaks no TLS',
  ],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', '', 'engine-protocol', 'it speaks no TLS'],
  ['ERR_SSL_HTTP_REQUEST', '', 'engine-protocol', 'it speaks no TLS'],
  [
    'ERR_SSL_UNSUPPORTED_PROTOCOL',
    '',
    'engine-protocol',
    'it speaks no version of TLS that is spoken here',
  ],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', '', 'engine-access-denied', NOT_LET_IN],
  [
    'EPROTO',
    'write EPROTO 80:error:0A000412:SSL routines::sslv3 alert bad certificate',
    'engine-access-denied',
    NOT_LET_IN,
  ],
  ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', '', 'engine-unreachable', DAMAGED],
  ['EPROTO', PLANTED, 'engine-unreachable', DAMAGED],
  ['ENOBUFS', PLANTED, 'engine-unreachable', 'ENOBUFS'],
  [
    'EMFILE',
    PLANTED,
    'host-exhausted',
    'this process has too many files and connections open: raise its limit (ulimit -n)',
  ],
  ['constructor', PLANTED, 'engine-unreachable', 'constructor'],
  ['', PLANTED, 'engine-unreachable', 'it cannot be used'],
]

suite('transportFailure', (test) => {
  for (const [code, words, becomes, why] of FAILURES) {
    test(`${code} ${words.slice(-25)} :: ${becomes}`, () => {
      assert.equal(transportFailure(code, words), { code: becomes, why })
    })
  }
})
