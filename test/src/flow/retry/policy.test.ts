import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../../../machines/errors.ts'
import { installPlugin, planInstall, resumeInstall } from '../../../../src/flow/install.ts'
import {
  completePolicy,
  defaultPolicy,
  type PolicyOptions,
} from '../../../../src/flow/retry/policy.ts'
import type { Engine } from '../../../../src/flow/types.ts'
import { suite } from '../../../support/suite.ts'
import { virtualFlow } from '../../../support/virtualFlow.ts'

const never: Engine = {
  host: 'unix:///nowhere.sock',
  call() {
    throw new Error('the engine was used')
  },
}

/** Handed in by who writes no TypeScript. */
const bad: [given: unknown, message: string][] = [
  [
    { timeouts: { pulling: 0 } },
    'policy.timeouts.pulling: it must be milliseconds, more than 0 and at most 2147483647, and not 0',
  ],
  [{ timeouts: { pulling: -1 } }, 'policy.timeouts.pulling: it must be milliseconds'],
  [{ timeouts: { pulling: Number.NaN } }, 'and not NaN'],
  [{ timeouts: { pulling: Number.POSITIVE_INFINITY } }, 'and not Infinity'],
  [{ timeouts: { pulling: 2 ** 31 } }, 'and not 2147483648'],
  [{ timeouts: { pulling: '5' } }, 'and not 5'],
  [{ timeouts: { pulling: null } }, 'and not null'],
  [{ timeouts: { puling: 5 } }, 'policy.timeouts.puling: there is no such name'],
  [{ timeouts: { constructor: 5 } }, 'policy.timeouts.constructor: there is no such name'],
  [
    { retry: { attempts: 0 } },
    'policy.retry.attempts: it must be a whole number from 1 to 100, and not 0',
  ],
  [{ retry: { attempts: 1.5 } }, 'and not 1.5'],
  [{ retry: { attempts: 101 } }, 'and not 101'],
  [{ retry: { baseMs: 0 } }, 'policy.retry.baseMs: it must be milliseconds'],
  [
    { retry: { factor: 0.5 } },
    'policy.retry.factor: it must be a number from 1 to 100, and not 0.5',
  ],
  [{ retry: { factor: 101 } }, 'and not 101'],
  [{ retry: { maxMs: Number.NaN } }, 'policy.retry.maxMs: it must be milliseconds'],
  [{ retry: { jitter: 1.1 } }, 'policy.retry.jitter: it must be a number from 0 to 1, and not 1.1'],
  [{ rollback: { jitter: -0.1 } }, 'policy.rollback.jitter'],
  [{ retries: {} }, 'policy.retries: there is no such part'],
]

suite('policy', (test) => {
  test('nothing given :: the defaults', () => {
    assert.equal(completePolicy(), defaultPolicy)
    assert.equal(completePolicy({ timeouts: {}, retry: {} }), defaultPolicy)
  })

  test('the defaults are as the documentation tells them', () => {
    const page = readFileSync(
      join(import.meta.dirname, '../../../../docs/guides/failures.md'),
      'utf8',
    )
    const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
    const told = (name: string, column: number) => {
      const cells = rows.find((row) => row[1] === `\`${name}\`` && /^[\d.]/.test(row[2] ?? ''))
      return Number(cells?.[column]?.replace(/\(.*/, '').replaceAll(' ', ''))
    }
    const { timeouts, retry, rollback } = defaultPolicy
    for (const [name, ms] of Object.entries(timeouts)) assert.is(told(name, 2), ms, name)
    for (const [name, value] of Object.entries(retry)) assert.is(told(name, 2), value, name)
    for (const [name, value] of Object.entries(rollback)) assert.is(told(name, 3), value, name)
  })

  test('given values count, undefined ones do not', () => {
    const given = { timeouts: { pulling: 5 }, retry: { attempts: 1, jitter: 0 } }
    const { timeouts, retry, rollback } = completePolicy(given)
    assert.equal(timeouts, { ...defaultPolicy.timeouts, pulling: 5 })
    assert.equal(retry, { ...defaultPolicy.retry, attempts: 1, jitter: 0 })
    assert.equal(rollback, defaultPolicy.rollback)
    const open = { rollback: { attempts: undefined } } as unknown as PolicyOptions
    assert.equal(completePolicy(open), defaultPolicy)
  })

  test('the extremes are taken', () => {
    completePolicy({
      timeouts: { pulling: 2 ** 31 - 1, reauth: 1 },
      retry: { attempts: 100, baseMs: 1, factor: 100, maxMs: 2 ** 31 - 1, jitter: 1 },
      rollback: { attempts: 1, factor: 1, jitter: 0 },
    })
  })

  for (const [given, message] of bad) {
    test(`${JSON.stringify(given)} :: invalid-option, in one line`, () => {
      try {
        completePolicy(given as PolicyOptions)
      } catch (error) {
        assert.ok(isEngineError(error))
        assert.is(error.code, 'invalid-option')
        assert.match(error.message, message)
        assert.not.match(error.message, '\n')
        return
      }
      assert.unreachable('it was taken')
    })
  }

  test('a flow with a policy that cannot be used does not begin', async () => {
    const policy = { timeouts: { pulling: -1 } }
    const reference = 'acme/plain'
    const isRefused = (error: unknown) => isEngineError(error) && error.code === 'invalid-option'
    assert.throws(() => installPlugin(never, { reference, policy }), isRefused)
    const left = virtualFlow({}).snapshot()
    assert.throws(() => resumeInstall(never, left, { policy }), isRefused)
    const planned = await planInstall(never, { reference, policy }).catch((error) => error)
    assert.ok(isRefused(planned))
  })
})
