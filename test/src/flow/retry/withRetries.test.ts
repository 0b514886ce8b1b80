import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import type { InstallErrorCode } from '../../../../machines/catalogue.ts'
import type { Engine, OperationId } from '../../../../machines/engine.ts'
import { EngineError, type EngineErrorDetails } from '../../../../machines/errors.ts'
import type { RetryNotice } from '../../../../machines/retry.ts'
import { defaultPolicy } from '../../../../src/flow/retry/policy.ts'
import { withRetries } from '../../../../src/flow/retry/withRetries.ts'
import { type Answers, fakeEngine, rejection } from '../../../support/fakePorts.ts'
import { suite } from '../../../support/suite.ts'
import { settled, virtualTime } from '../../../support/virtualFlow.ts'

type Call = (engine: Engine, signal: AbortSignal) => Promise<unknown>

const looks: [OperationId, Call][] = [
  ['systemPing', (engine, signal) => engine.call('systemPing', {}, { signal })],
  [
    'getPluginPrivileges',
    (engine, signal) => engine.call('getPluginPrivileges', { remote: 'r' }, { signal }),
  ],
  [
    'distributionInspect',
    (engine, signal) => engine.call('distributionInspect', { remote: 'r' }, { signal }),
  ],
  ['pluginInspect', (engine, signal) => engine.call('pluginInspect', { name: 'n' }, { signal })],
]
const seenOrNot: [OperationId, Call][] = [
  [
    'pluginSet',
    (engine, signal) => engine.call('pluginSet', { name: 'n', settings: ['A=1'] }, { signal }),
  ],
  ['pluginDelete', (engine, signal) => engine.call('pluginDelete', { name: 'n' }, { signal })],
  ['pluginDisable', (engine, signal) => engine.call('pluginDisable', { name: 'n' }, { signal })],
  [
    'pluginEnable',
    (engine, signal) => engine.call('pluginEnable', { name: 'n', timeout: 0 }, { signal }),
  ],
]
const once: [OperationId, Call][] = [
  [
    'pluginPull',
    (engine, signal) =>
      engine.call('pluginPull', { remote: 'r', name: 'n', privileges: [] }, { signal }),
  ],
]
const { attempts } = defaultPolicy.retry

/** Failures, and whether a look-up and a change are made again after them. */
const failures: [
  title: string,
  InstallErrorCode,
  EngineErrorDetails,
  look: boolean,
  change: boolean,
][] = [
  ['no connection was made', 'engine-unreachable', { unsent: true }, true, true],
  ['the connection was lost', 'engine-unreachable', {}, true, false],
  ['its socket has no rights yet', 'engine-access-denied', { unsent: true }, true, true],
  ['a proxy denies access', 'engine-access-denied', { status: 403 }, false, false],
  ['its certificate is another one', 'engine-not-trusted', {}, false, false],
  ['its SSH key is another one', 'engine-not-trusted', { unsent: true }, false, false],
  ['no answer in time', 'timed-out', {}, true, false],
  [
    'the registry refused the connection',
    'registry-unreachable',
    { ...said('dial tcp 127.0.0.1:1: connect: connection refused'), transient: true },
    true,
    false,
  ],
  [
    'the registry is overloaded',
    'registry-unreachable',
    { ...said('received unexpected HTTP status: 503 Service Unavailable'), transient: true },
    true,
    false,
  ],
  [
    'the registry is unknown',
    'registry-unreachable',
    said('dial tcp: lookup r.invalid: no such host'),
    false,
    false,
  ],
  [
    'its certificate is foreign',
    'registry-unreachable',
    said('x509: certificate signed by unknown authority'),
    false,
    false,
  ],
  [
    'too many requests',
    'registry-unreachable',
    said('toomanyrequests: You have reached your pull rate limit', 429),
    false,
    false,
  ],
  [
    'words that hide why',
    'registry-unreachable',
    said('http: server gave HTTP response to HTTPS client'),
    false,
    false,
  ],
  ['credentials', 'unauthorized', said('401 Unauthorized'), false, false],
  ['not there', 'not-found', said('manifest unknown', 404), false, false],
  ['no engine', 'engine-protocol', { status: 502 }, false, false],
  ['the engine failed', 'engine-failed', said('the moon is full'), false, false],
  ['cancelled', 'cancelled', {}, false, false],
  ['other privileges than agreed to', 'consent-mismatch', { unsent: true }, false, false],
  ['another process has the run', 'abandoned', { unsent: true }, false, false],
]

function said(engineMessage: string, status = 500): EngineErrorDetails {
  return { operation: 'distributionInspect', status, engineMessage }
}

function setUp(answers: Answers, left = Number.POSITIVE_INFINITY) {
  const time = virtualTime()
  const told: RetryNotice[] = []
  const engine = fakeEngine(answers)
  const notify = (notice: RetryNotice) => void told.push(notice)
  const ports = { policy: defaultPolicy, time, remaining: () => left - time.now(), notify }
  const { engine: patient, retryUnsent, rollback } = withRetries(engine, ports)
  const stop = new AbortController()
  return {
    time,
    told,
    engine,
    patient,
    retryUnsent,
    rollback,
    stop,
    options: { signal: stop.signal },
  }
}

/** Calls an operation that always fails, after the engine has answered once, and counts the attempts. */
async function attemptsOf([operation, call]: [OperationId, Call], error: unknown): Promise<number> {
  const first = operation === 'systemPing' ? 'pluginInspect' : 'systemPing'
  const fails = () => Promise.reject(error)
  const { time, told, engine, patient, stop, options } = setUp({
    pluginDisable: async () => {},
    [operation]: fails,
  })
  await (first === 'systemPing'
    ? patient.call('systemPing', {}, options)
    : patient.call('pluginInspect', { name: 'n' }, options))
  const end = rejection(call(patient, stop.signal))
  for (let wait = 0; wait < attempts; wait++) await time.pass(defaultPolicy.retry.maxMs)
  assert.is(await end, error)
  assert.equal(getEventListeners(stop.signal, 'abort'), [], 'a listener is left behind')
  const made = engine.calls.filter((one) => one.startsWith(operation)).length
  assert.is(told.length, made - 1)
  return made
}

suite('which calls are made again', (test) => {
  for (const [title, code, details, look, change] of failures) {
    const error = new EngineError(code, title, details)
    test(`${title} :: look-ups ${look ? 'are' : 'are not'}, changes ${change ? 'are' : 'are not'}`, async () => {
      for (const each of looks) {
        assert.is(await attemptsOf(each, error), look ? attempts : 1, each[0])
      }
      for (const each of seenOrNot) {
        assert.is(await attemptsOf(each, error), change ? attempts : 1, each[0])
      }
      for (const each of once) assert.is(await attemptsOf(each, error), 1, each[0])
    })
  }

  test('an error of anything but an engine is not retried', async () => {
    for (const each of [...looks, ...seenOrNot]) {
      assert.is(await attemptsOf(each, new TypeError('odd')), 1, each[0])
    }
  })

  test('an engine that never answered is one that does not run :: at once', async () => {
    for (const details of [{ unsent: true }, {}] as const) {
      const error = new EngineError('engine-unreachable', 'no engine answers', details)
      const fails = () => Promise.reject(error)
      const { engine, patient, stop } = setUp({ systemPing: fails, pluginSet: fails })
      assert.is(await rejection(patient.call('systemPing', {}, { signal: stop.signal })), error)
      assert.is(
        await rejection(
          patient.call('pluginSet', { name: 'n', settings: [] }, { signal: stop.signal }),
        ),
        error,
      )
      assert.is(engine.calls.length, 2)
    }
  })

  test('an engine that answered with an error has answered', async () => {
    const away = new EngineError('engine-unreachable', 'away')
    const failed = new EngineError('engine-failed', 'failed', { status: 500 })
    const ends = [failed, away]
    const { time, engine, patient, stop } = setUp({
      systemPing: () => Promise.reject(ends.shift() ?? away),
    })
    await rejection(patient.call('systemPing', {}, { signal: stop.signal }))
    const end = rejection(patient.call('systemPing', {}, { signal: stop.signal }))
    for (let wait = 0; wait < attempts; wait++) await time.pass(defaultPolicy.retry.maxMs)
    assert.is(await end, away)
    assert.is(engine.calls.length, 1 + attempts)
  })

  test('it succeeds when the engine is back, after the wait that was reported', async () => {
    const away = new EngineError('engine-unreachable', 'away', { unsent: true })
    let is = true
    const { time, told, engine, patient, stop } = setUp({
      pluginInspect: () => (is ? Promise.resolve(undefined) : Promise.reject(away)),
    })
    await patient.call('pluginInspect', { name: 'n' }, { signal: stop.signal })
    is = false
    const found = patient.call('pluginInspect', { name: 'n' }, { signal: stop.signal })
    await settled()
    assert.equal(told, [
      { code: 'engine-unreachable', message: 'away', attempt: 2, attempts, delay: 1_000 },
    ])
    await time.pass(999)
    assert.is(engine.calls.length, 2)
    is = true
    await time.pass(1)
    assert.is(await found, undefined)
    assert.is(engine.calls.length, 3)
  })

  test('a wait ends with its signal :: a change was not seen, a look-up tells nothing of that', async () => {
    const away = new EngineError('engine-unreachable', 'away', { unsent: true })
    const fails = () => Promise.reject(away)
    const { engine, patient, retryUnsent, told, stop } = setUp({
      pluginInspect: fails,
      pluginSet: fails,
    })
    await patient.call('systemPing', {}, { signal: stop.signal })
    const ends = [
      patient.call('pluginInspect', { name: 'n' }, { signal: stop.signal }),
      patient.call('pluginSet', { name: 'n', settings: [] }, { signal: stop.signal }),
      retryUnsent(fails, stop.signal),
    ].map(rejection)
    await settled()
    assert.is(told.length, 3)
    stop.abort()
    const details = (await Promise.all(ends)).map((error) => {
      assert.is(error.code, 'cancelled')
      return error.details
    })
    assert.equal(details, [{}, { unsent: true }, { unsent: true }])
    assert.is(engine.calls.length, 3)
    assert.equal(getEventListeners(stop.signal, 'abort'), [])
  })

  test('a retry that does not fit into the state is not begun', async () => {
    const away = new EngineError('engine-unreachable', 'away')
    const { time, told, patient, stop } = setUp(
      { pluginInspect: () => Promise.reject(away) },
      3_000,
    )
    await patient.call('systemPing', {}, { signal: stop.signal })
    const end = rejection(patient.call('pluginInspect', { name: 'n' }, { signal: stop.signal }))
    await time.pass(1_000)
    assert.is(await end, away)
    assert.equal(
      told.map(({ delay }) => delay),
      [1_000],
      'the next would be over when the state is',
    )
  })

  test('a rollback has attempts and waits of its own', () => {
    const { rollback, stop } = setUp({})
    assert.equal(rollback(stop.signal).delays, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000])
  })
})
