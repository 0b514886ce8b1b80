import fc from 'fast-check'
import * as assert from 'uvu/assert'
import {
  authHeader,
  keyHost,
  type RegistryCredentials,
  readCredentials,
  registryKey,
} from '../../../adapters/docker/registryCredentials.ts'
import { suite } from '../../support/suite.ts'

const decode = (header: string) => JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))

suite('authHeader', (test) => {
  const CONFIGS: [credentials: RegistryCredentials, config: unknown][] = [
    [
      { username: 'alice', password: 'p:w' },
      { username: 'alice', password: 'p:w', serveraddress: 'r.example' },
    ],
    [{ identitytoken: 't' }, { identitytoken: 't', serveraddress: 'r.example' }],
    [
      { identitytoken: 't', username: 'alice' },
      { username: 'alice', identitytoken: 't', serveraddress: 'r.example' },
    ],
    [{ registrytoken: 't' }, { registrytoken: 't', serveraddress: 'r.example' }],
  ]
  for (const [credentials, config] of CONFIGS) {
    test(Object.keys(credentials).join(', '), () => {
      assert.equal(decode(authHeader(credentials, 'r.example')), config)
    })
  }

  test('more than credentials :: is left out', () => {
    const given = { username: 'a', password: 'b', email: 'c' }
    assert.equal(readCredentials(given, 'x'), { username: 'a', password: 'b' })
  })

  test('the alphabet and the padding that an engine takes', () => {
    const header = authHeader({ username: 'a', password: '???>>>~~~' }, 'r')
    assert.match(header, /^[A-Za-z0-9_-]+={0,2}$/)
    assert.is(header.length % 4, 0)
    assert.ok(/[-_]/.test(header), 'the case does not tell the alphabets apart')
  })

  test('any credentials :: come back from the header', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.uint16Array().map((units) => String.fromCharCode(...units)),
        (username, password) => {
          const header = authHeader({ username, password }, 'r')
          assert.match(header, /^[A-Za-z0-9_-]+={0,2}$/)
          assert.is(header.length % 4, 0)
          const config = { username, password, serveraddress: 'r' }
          assert.is(Buffer.from(header, 'base64url').toString('utf8'), JSON.stringify(config))
        },
      ),
    )
  })
})

suite('registryKey', (test) => {
  for (const registry of ['docker.io', 'index.docker.io']) {
    test(registry, () => assert.is(registryKey(registry), 'https://index.docker.io/v1/'))
  }

  test('another registry :: is its own key', () => {
    assert.is(registryKey('127.0.0.1:5055'), '127.0.0.1:5055')
  })
})

suite('keyHost', (test) => {
  const KEYS: [key: string, host: string][] = [
    ['https://index.docker.io/v1/', 'docker.io'],
    ['index.docker.io', 'docker.io'],
    ['docker.io', 'docker.io'],
    ['r.example', 'r.example'],
    ['r.example:5000', 'r.example:5000'],
    ['http://r.example:5000', 'r.example:5000'],
    ['https://r.example/v1/', 'r.example'],
    ['r.example/team', 'r.example'],
    ['', ''],
  ]
  for (const [key, host] of KEYS) test(key, () => assert.is(keyHost(key), host))
})
