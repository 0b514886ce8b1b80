import * as assert from 'uvu/assert'
import { catalogue, type InstallErrorCode } from '../../machines/catalogue.ts'
import {
  EngineError,
  type EngineErrorDetails,
  isEngineError,
  isMasked,
} from '../../machines/errors.ts'
import {
  createdNothing,
  makeFailure,
  refusedDefinitely,
  toFailure,
} from '../../machines/failure.ts'
import { suite } from '../support/suite.ts'

suite('toFailure', (test) => {
  test('an error of an engine :: as it is, without the details that a flow acts on', () => {
    const internal = {
      unsent: true,
      transient: true,
      masked: true,
      alreadyEnabled: 'done',
      hostPath: '/data',
    } as const
    const error = new EngineError('in-use', 'web uses it', { status: 409, ...internal })
    const { next, retryable } = catalogue['in-use']
    const message = 'web uses it'
    assert.equal(toFailure(error, 'pulling'), {
      code: 'in-use',
      state: 'pulling',
      message,
      next,
      retryable,
      status: 409,
    })
  })

  test('any other error :: its kind alone, as its message may hold a secret', () => {
    const { summary } = catalogue['host-failed']
    for (const [error, kind] of [
      [new TypeError('s3cret'), 'TypeError'],
      ['s3cret', 'string'],
      [undefined, 'undefined'],
    ] as const) {
      const { code, message } = toFailure(error, 'pulling')
      assert.equal([code, message], ['host-failed', `${summary} (${kind})`])
    }
  })
})

suite('makeFailure', (test) => {
  test('the words of the catalogue, unless there are others', () => {
    const { summary, next } = catalogue['in-use']
    const failure = makeFailure('in-use', 'pulling')
    assert.equal([failure.message, failure.next], [summary, next])
    const other = makeFailure('in-use', 'pulling', 'web uses it', { next: 'Remove web.' })
    assert.equal([other.message, other.next], ['web uses it', 'Remove web.'])
  })

  test('characters that break a line, or hide or turn a part of it :: stand there as their numbers', () => {
    const { message, next } = makeFailure('in-use', 'pulling', 'a\n\u202eb', {
      next: '\u{e0041} ü',
    })
    assert.equal([message, next], [String.raw`a\u{a}\u{202e}b`, String.raw`\u{e0041} ü`])
  })
})

suite('changes made by a failed call', (test) => {
  const rows: [InstallErrorCode, EngineErrorDetails, created: boolean, refused: boolean][] = [
    ['engine-failed', {}, false, false],
    ['engine-failed', { status: 399 }, false, false],
    ['engine-failed', { status: 400 }, true, true],
    ['disk-full', { status: 500 }, true, false],
    ['engine-protocol', { status: 502 }, false, false],
    ['engine-unreachable', { status: 502 }, false, false],
    ['engine-unreachable', { unsent: true }, true, false],
    ['not-found', { inStream: true }, true, false],
  ]
  for (const [code, details, nothing, refused] of rows) {
    test(`${code} ${JSON.stringify(details)} :: created nothing: ${nothing}, refused: ${refused}`, () => {
      const error = new EngineError(code, 'no', details)
      assert.equal([createdNothing(error), refusedDefinitely(error)], [nothing, refused])
    })
  }

  test('an error of the host :: nothing is known', () => {
    for (const error of [new TypeError('odd'), undefined]) {
      assert.equal([createdNothing(error), refusedDefinitely(error)], [false, false])
    }
  })
})

suite('isEngineError', (test) => {
  const named = (error: object) => Object.assign(error, { name: 'EngineError' })

  test('one of another copy of this package :: by its name and its code', () => {
    assert.ok(isEngineError(new EngineError('in-use', 'no')))
    assert.ok(isEngineError(Object.assign(named(new Error('no')), { code: 'in-use' })))
    for (const other of [
      undefined,
      named({ code: 'in-use' }),
      named(new Error('no')),
      Object.assign(new Error('no'), { code: 'in-use' }),
    ]) {
      assert.not(isEngineError(other))
    }
  })

  test('isMasked :: the failure of an attempt over http alone', () => {
    assert.is(isMasked(new EngineError('not-found', 'no', { masked: true })), true)
    assert.is(isMasked(new EngineError('not-found', 'no')), false)
    assert.is(isMasked(Object.assign(new Error('no'), { details: { masked: true } })), false)
  })
})
