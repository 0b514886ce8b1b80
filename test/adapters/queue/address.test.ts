import * as assert from 'uvu/assert'
import { parseQueueAddress, withoutSecrets } from '../../../adapters/queue/address.ts'
import { loadPackage } from '../../../adapters/queue/packages.ts'
import { checkVersion } from '../../../adapters/queue/postgresStore.ts'
import type { EngineError } from '../../../machines/errors.ts'
import { suite } from '../../support/suite.ts'

suite('queue address', (test) => {
  for (const [text, kind, shown] of [
    ['redis://localhost', 'redis', 'redis://localhost'],
    ['rediss://ann:s%2Fcret@queue:6380/2', 'redis', 'rediss://queue:6380/2'],
    [
      'postgres://ann:s%2Fcret@db/rollouts?sslmode=verify-full',
      'postgres',
      'postgres://db/rollouts',
    ],
    ['postgresql://db:5433/x?user=ann&password=s%2Fcret', 'postgres', 'postgresql://db:5433/x'],
  ] as const) {
    test(`${text} :: shown without user and password`, () => {
      const address = parseQueueAddress(text)
      assert.equal([address.kind, address.url, address.shown], [kind, text, shown])
      const said = withoutSecrets('denied: s/cret, s%2Fcret', address)
      assert.is(said, text.includes('cret') ? 'denied: ***, ***' : 'denied: s/cret, s%2Fcret')
    })
  }

  for (const [text, why] of [
    ['s3cret', /it begins with redis:\/\/, rediss:\/\/ \(with TLS\) or postgres:\/\//],
    ['http://ann:s3cret@queue', /it begins with redis/],
    ['redis:s3cret', /its host is missing/],
    ['redis://ann:s3cret@:6379', /it begins with redis/],
  ] as const) {
    test(`${text} :: refused, and not repeated`, () => {
      try {
        parseQueueAddress(text)
        assert.unreachable('it was taken')
      } catch (error) {
        const { code, message } = error as { code?: string; message: string }
        assert.is(code, 'invalid-option')
        assert.match(message, why)
        assert.not.match(message, 's3cret')
      }
    })
  }

  test('a password that is no percent encoding is kept from messages as it is', () => {
    const address = parseQueueAddress('redis://ann:50%@queue')
    assert.is(withoutSecrets('denied: 50%', address), 'denied: ***')
  })
})

suite('version of PostgreSQL', (test) => {
  const address = parseQueueAddress('postgres://ann:s3cret@db/x')

  test('13 is enough, and 12 is refused', () => {
    checkVersion(130_000, address)
    checkVersion(150_018, address)
    const why = 'is PostgreSQL 12: a queue needs PostgreSQL 13 or newer'
    assert.throws(
      () => checkVersion(120_022, address),
      ({ code, message }: EngineError) =>
        code === 'invalid-configuration' && message === `the queue postgres://db/x ${why}`,
    )
  })
})

suite('optional packages of a queue', (test) => {
  test('one that is missing is named, with how to install it', async () => {
    for (const code of ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']) {
      const load = () => Promise.reject(Object.assign(new Error('no'), { code }))
      const error = await loadPackage('bullmq', 'postgres', load).catch((thrown) => thrown)
      assert.is(error.code, 'invalid-configuration')
      const next = 'npm install bullmq@6 pg@8, with --global beside a global plugin-flow'
      assert.is(error.message, `bullmq, which a queue needs, is missing: ${next}`)
    }
  })

  test('one that is broken fails as it does', async () => {
    const error = new SyntaxError('broken')
    const load = () => Promise.reject(error)
    assert.is(await loadPackage('ioredis', 'redis', load).catch((thrown) => thrown), error)
  })
})
