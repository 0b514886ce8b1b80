import { AxiosError } from 'axios'
import * as assert from 'uvu/assert'
import { isStaleSocket, toEngineError } from '../../../../adapters/engine/http/toEngineError.ts'
import type { CallContext } from '../../../../adapters/engine/words/sentences.ts'
import type { InstallErrorCode } from '../../../../machines/catalogue.ts'
import { EngineError } from '../../../../machines/errors.ts'
import { assertTellsNothing, PLANTED, PLANTED_HEADER } from '../../../support/engineFailure.ts'
import { suite } from '../../../support/suite.ts'

const context: CallContext = {
  operation: 'pluginSet',
  subject: 'probe:1.0',
  host: 'tcp://engine:2375',
}

/** As axios makes it: with the headers of the request, in itself and in what it was made of. */
function axiosError(code: string, reusedSocket = false): AxiosError {
  const config = { headers: { 'X-Registry-Auth': PLANTED_HEADER } } as never
  const request = { reusedSocket, headers: PLANTED_HEADER }
  return Object.assign(new AxiosError(`failed: ${PLANTED}`, code, config, request), {
    cause: new Error(PLANTED),
  })
}

suite('toEngineError', (test) => {
  /** Those that only come of a connection that was never made. */
  const UNSENT = 'ENOENT ENOTDIR ECONNREFUSED EACCES EPERM ENOTFOUND EAI_AGAIN'.split(' ')
  const UNREACHABLE: [code: string, why: string][] = [
    ['ENOENT', 'there is no such socket'],
    ['ENOTDIR', 'there is no such socket'],
    ['ECONNREFUSED', 'nothing listens there'],
    ['ENOTFOUND', 'the name of the host is not known'],
    ['EAI_AGAIN', 'the name of the host could not be looked up'],
    ['EHOSTUNREACH', 'there is no way to the host'],
    ['ENETUNREACH', 'there is no way to the host'],
    ['ETIMEDOUT', 'it did not take the connection in time'],
    ['ENOBUFS', 'ENOBUFS'],
  ]
  for (const [code, why] of UNREACHABLE) {
    test(`${code} :: engine-unreachable`, () => {
      const error = toEngineError(axiosError(code), context, undefined)
      assert.is(error.code, 'engine-unreachable')
      assert.is(error.message, `no Docker Engine answers at tcp://engine:2375: ${why}`)
      assert.equal(error.details, {
        operation: 'pluginSet',
        ...(UNSENT.includes(code) ? { unsent: true } : {}),
      })
      assertTellsNothing(error)
    })
  }

  for (const code of ['EMFILE', 'ENFILE', 'EAGAIN']) {
    test(`${code} :: host-exhausted, and the engine has seen nothing`, () => {
      const error = toEngineError(axiosError(code), context, undefined)
      assert.is(error.code, 'host-exhausted')
      assert.match(error.message, /^no connection to tcp:\/\/engine:2375 can be opened: th/)
      assert.equal(error.details, { operation: 'pluginSet', unsent: true })
      assertTellsNothing(error)
    })
  }

  const OTHERS: [code: string, becomes: InstallErrorCode, line: string][] = [
    [
      'EACCES',
      'engine-access-denied',
      'no access to the engine at tcp://engine:2375: this user may not use the socket (on Linux: the group docker)',
    ],
    [
      'EPERM',
      'engine-access-denied',
      'no access to the engine at tcp://engine:2375: this user may not use the socket (on Linux: the group docker)',
    ],
    [
      'CERT_REVOKED',
      'engine-not-trusted',
      'what answers at tcp://engine:2375 is not trusted: its certificate was revoked',
    ],
    [
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'engine-protocol',
      'no Docker Engine answers at tcp://engine:2375: it speaks no TLS',
    ],
  ]
  for (const [code, becomes, line] of OTHERS) {
    test(`${code} :: ${becomes}`, () => {
      const error = toEngineError(axiosError(code), context, undefined)
      assert.equal([error.code, error.message], [becomes, line])
      assert.equal(error.details, {
        operation: 'pluginSet',
        ...(UNSENT.includes(code) ? { unsent: true } : {}),
      })
      assertTellsNothing(error)
    })
  }

  test('HPE_INVALID_CONSTANT :: engine-protocol', () => {
    const error = toEngineError(axiosError('HPE_INVALID_CONSTANT'), context, undefined)
    assert.is(error.code, 'engine-protocol')
    assertTellsNothing(error)
  })

  for (const code of ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']) {
    test(`${code} :: the connection was lost`, () => {
      const error = toEngineError(axiosError(code), context, undefined)
      assert.is(error.code, 'engine-unreachable')
      assert.is(
        error.message,
        'the connection to tcp://engine:2375 ended before pluginSet of probe:1.0 was answered',
      )
      const pull = toEngineError(
        axiosError(code),
        { ...context, operation: 'pluginPull' },
        undefined,
      )
      assert.is(pull.code, 'pull-interrupted')
      assertTellsNothing([error, pull])
    })
  }

  for (const thrown of [undefined, null, 'words', new Error(PLANTED), { code: 7 }]) {
    test(`${thrown instanceof Error ? 'an Error' : JSON.stringify(thrown)} :: is an EngineError`, () => {
      const error = toEngineError(thrown, context, undefined)
      assert.is(error.message, 'no Docker Engine answers at tcp://engine:2375: it cannot be used')
      assertTellsNothing(error)
    })
  }

  test('an EngineError :: is that', () => {
    const error = new EngineError('set-failed', 'no')
    assert.is(toEngineError(error, context, undefined), error)
  })

  test('a reason :: decides over what was thrown', () => {
    const thrown = new EngineError('set-failed', 'no')
    assert.is(toEngineError(thrown, context, 'cancelled').code, 'cancelled')
    assert.is(toEngineError(axiosError('ECONNRESET'), context, 'timed-out').code, 'timed-out')
  })

  test('a subject that is no name :: is shown as one line', () => {
    const hostile = { ...context, subject: 'a\u001b[2J\r\n{host}\u202e' }
    const error = toEngineError(undefined, hostile, 'cancelled')
    assert.is(error.message, 'pluginSet of a [2J {host} was cancelled')
  })
})

suite('isStaleSocket', (test) => {
  test('reset on a socket of the pool', () => {
    assert.is(isStaleSocket(axiosError('ECONNRESET', true)), true)
    assert.is(isStaleSocket(axiosError('EPIPE', true)), true)
  })

  test('anything else', () => {
    assert.is(isStaleSocket(axiosError('ECONNRESET', false)), false)
    assert.is(isStaleSocket(axiosError('ECONNREFUSED', true)), false)
    assert.is(isStaleSocket(Object.assign(new Error('x'), { code: 'EPIPE' })), false)
    assert.is(isStaleSocket(new AxiosError('x', 'EPIPE')), false)
    assert.is(isStaleSocket(undefined), false)
  })
})
