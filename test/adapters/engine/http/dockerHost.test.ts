import * as assert from 'uvu/assert'
import {
  defaultHost,
  type EngineAddress,
  parseHost,
  takesTls,
} from '../../../../adapters/engine/http/dockerHost.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
import { suite } from '../../../support/suite.ts'

const PLACES: [host: string, address: EngineAddress][] = [
  ['unix:///var/run/docker.sock', at('unix:///var/run/docker.sock', '/var/run/docker.sock')],
  ['unix:///tmp/with space.sock', at('unix:///tmp/with space.sock', '/tmp/with space.sock')],
  ['tcp://127.0.0.1:2376', on('tcp://127.0.0.1:2376', '127.0.0.1', 2376)],
  ['tcp://engine', on('tcp://engine:2375', 'engine', 2375)],
  ['tcp://engine/', on('tcp://engine:2375', 'engine', 2375)],
  ['tcp://engine/a/b', on('tcp://engine:2375/a/b', 'engine', 2375, '/a/b')],
  ['http://engine.example:80', on('http://engine.example:80', 'engine.example', 80)],
  ['http://engine', on('http://engine:80', 'engine', 80)],
  ['http://engine/', on('http://engine:80', 'engine', 80)],
  [
    'http://panel:9000/api/endpoints/1/docker/',
    on('http://panel:9000/api/endpoints/1/docker', 'panel', 9000, '/api/endpoints/1/docker'),
  ],
  ['https://panel/x', on('https://panel:443/x', 'panel', 443, '/x', true)],
  ['tcp://[::1]:2375', on('tcp://[::1]:2375', '[::1]', 2375)],
  ['tcp://[fe80::1]', on('tcp://[fe80::1]:2375', '[fe80::1]', 2375)],
  ['tcp://engine:65535', on('tcp://engine:65535', 'engine', 65_535)],
  ['tcp://engine:1', on('tcp://engine:1', 'engine', 1)],
  ['ssh://engine', { host: 'ssh://engine', ssh: { hostname: 'engine' } }],
  ['ssh://engine/', { host: 'ssh://engine', ssh: { hostname: 'engine' } }],
  [
    'ssh://me@engine.example:2222',
    {
      host: 'ssh://me@engine.example:2222',
      ssh: { user: 'me', hostname: 'engine.example', port: '2222' },
    },
  ],
  [
    'ssh://me@dom@[::1]/run/user/1000/docker.sock',
    {
      host: 'ssh://me@dom@[::1]/run/user/1000/docker.sock',
      ssh: { user: 'me@dom', hostname: '::1', path: '/run/user/1000/docker.sock' },
    },
  ],
]

const SECURE: [host: string, address: EngineAddress][] = [
  ['tcp://engine', on('tcp://engine:2376', 'engine', 2376, '', true)],
  ['tcp://engine:2375', on('tcp://engine:2375', 'engine', 2375, '', true)],
  ['https://engine', on('https://engine:443', 'engine', 443, '', true)],
]

const REFUSED: [host: string, why: RegExp][] = [
  ['npipe:////./pipe/docker_engine', /named pipes are on Windows only/],
  ['npipe:////./pipe/', /not npipe:\/\/\/\/\.\/pipe\/NAME/],
  ['npipe://docker_engine', /not npipe/],
  ['', /not an address/],
  ['docker', /not an address/],
  ['/var/run/docker.sock', /not an address/],
  ['unix:/var/run/docker.sock', /not an address/],
  ['TCP://engine', /not an address/],
  ['ftp://engine', /not an address/],
  ['fd://', /not an address/],
  ['unix://', /no absolute path/],
  ['unix:///', /no absolute path/],
  ['unix://docker.sock', /no absolute path/],
  ['unix:///tmp/a\0b', /no absolute path/],
  [`unix:///${'x'.repeat(107)}`, /at most 107 bytes/],
  ['tcp://', /not HOST/],
  ['tcp://:2375', /not HOST/],
  ['tcp://engine:', /not HOST/],
  ['tcp://engine:http', /not HOST/],
  ['tcp://engine:2375/v1.41', /leave it out/],
  ['https://engine/a/v1.41/', /leave it out/],
  ['https://engine/a/../b', /goes up or nowhere/],
  ['https://engine/./', /goes up or nowhere/],
  ['https://engine//a', /not HOST/],
  ['https://engine/a?b', /not HOST/],
  ['https://engine/%2e%2e/', /not HOST/],
  ['tcp://::1:2375', /not HOST/],
  ['tcp://[::1', /not HOST/],
  ['tcp://[1:2]', /not HOST/],
  ['tcp://engine\r\nX: y', /not HOST/],
  ['tcp://engine:0', /0 is not a port/],
  ['tcp://engine:65536', /65536 is not a port/],
  ['ssh://', /not USER@HOST/],
  ['ssh://-oProxyCommand=x', /not USER@HOST/],
  ['ssh://-l@engine', /not USER@HOST/],
  ['ssh://me@-engine', /not USER@HOST/],
  ['ssh://engine?x=1', /not USER@HOST/],
  ['ssh://engine/a#b', /not USER@HOST/],
  ['ssh://en gine', /not USER@HOST/],
  ['ssh://engine:0', /0 is not a port/],
  ['ssh://engine:65536', /65536 is not a port/],
]

const INSECURE: [host: string, why: RegExp][] = [
  ['http://engine', /TLS is asked for, and http:\/\/ has none/],
  ['unix:///a', /only tcp:\/\/ and https:\/\/ have it/],
  ['ssh://engine', /only tcp:\/\/ and https:\/\/ have it/],
]

suite('parseHost', (test) => {
  for (const [host, address] of PLACES) {
    test(host, () => assert.equal(parseHost(host), address))
  }

  for (const [host, address] of SECURE) {
    test(`${host} :: with TLS`, () => assert.equal(parseHost(host, { secure: true }), address))
  }

  test('unix path :: the longest', () => {
    const path = `/${'x'.repeat(106)}`
    assert.equal(parseHost(`unix://${path}`), at(`unix://${path}`, path))
  })

  test('npipe :: on Windows', () => {
    const host = 'npipe:////./pipe/docker_engine'
    const address = at(host, '\\\\.\\pipe\\docker_engine')
    assert.equal(parseHost(host, { platform: 'win32' }), address)
  })

  for (const [host, why] of REFUSED) {
    test(`${JSON.stringify(host.slice(0, 40))} :: refused`, async () => {
      const error = await refusedWith('invalid-option', async () => parseHost(host))
      assert.match(error.message, why)
      const shown = JSON.stringify(host.replace(/\/\/[^/]*@/, '//…@').replace(/([?#]).*/s, '$1…'))
      assert.ok(error.message.includes(shown), 'the host is not named')
      assert.match(error.message, /write unix:\/\/\/PATH, tcp:\/\/HOST:PORT, http:\/\/HOST/)
    })
  }

  for (const [host, why] of INSECURE) {
    test(`${host} :: refused with TLS`, async () => {
      const parse = async () => parseHost(host, { secure: true })
      assert.match((await refusedWith('invalid-option', parse)).message, why)
    })
  }

  for (const scheme of ['tcp', 'https', 'ssh']) {
    test(`a password in the host :: ${scheme} :: is not shown`, async () => {
      const error = await refusedWith('invalid-option', async () =>
        parseHost(`${scheme}://me:hunter2@engine`),
      )
      assert.match(error.message, `"${scheme}://…@engine"`)
      assert.not.match(error.message, 'hunter2')
    })
  }
})

suite('defaultHost', (test) => {
  test('is the one of the platform', () => {
    assert.is(defaultHost('linux'), 'unix:///var/run/docker.sock')
    assert.is(defaultHost('win32'), 'npipe:////./pipe/docker_engine')
  })
})

function at(host: string, socketPath: string): EngineAddress {
  return { host, socketPath }
}

function on(host: string, hostname: string, port: number, prefix = '', secure = false) {
  return { host, hostname, port, prefix, secure }
}

suite('takesTls', (test) => {
  const host = 'engine:2375'
  for (const scheme of ['tcp', 'http', 'https']) {
    test(scheme, () => assert.is(takesTls(`${scheme}://${host}`), true))
  }
  for (const scheme of ['ssh', 'unix', 'npipe', 'xtcp']) {
    test(`${scheme} :: no`, () => assert.is(takesTls(`${scheme}://${host}`), false))
  }
})
