import * as assert from 'uvu/assert'
import { parseHost, resolveHost } from '../../../adapters/engine/dockerHost.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'

const PLACES: [host: string, address: ReturnType<typeof parseHost>][] = [
  ['unix:///var/run/docker.sock', at('unix:///var/run/docker.sock', '/var/run/docker.sock')],
  ['unix:///tmp/with space.sock', at('unix:///tmp/with space.sock', '/tmp/with space.sock')],
  ['tcp://127.0.0.1:2376', on('tcp://127.0.0.1:2376', '127.0.0.1', 2376)],
  ['tcp://engine', on('tcp://engine:2375', 'engine', 2375)],
  ['tcp://engine/', on('tcp://engine:2375', 'engine', 2375)],
  ['http://engine.example:80', on('http://engine.example:80', 'engine.example', 80)],
  ['http://engine', on('http://engine:80', 'engine', 80)],
  ['tcp://[::1]:2375', on('tcp://[::1]:2375', '[::1]', 2375)],
  ['tcp://[fe80::1]', on('tcp://[fe80::1]:2375', '[fe80::1]', 2375)],
  ['tcp://engine:65535', on('tcp://engine:65535', 'engine', 65_535)],
  ['tcp://engine:1', on('tcp://engine:1', 'engine', 1)],
]

const REFUSED: [host: string, why: RegExp][] = [
  ['https://engine:2376', /TLS is not supported/],
  ['ssh://engine', /ssh is not supported/],
  ['npipe:////./pipe/docker_engine', /npipe is not supported/],
  ['', /not an address/],
  ['docker', /not an address/],
  ['/var/run/docker.sock', /not an address/],
  ['unix:/var/run/docker.sock', /not an address/],
  ['TCP://engine', /not an address/],
  ['ftp://engine', /not an address/],
  ['unix://', /no absolute path/],
  ['unix:///', /no absolute path/],
  ['unix://docker.sock', /no absolute path/],
  ['unix:///tmp/a\0b', /no absolute path/],
  [`unix:///${'x'.repeat(107)}`, /at most 107 bytes/],
  ['tcp://', /not HOST/],
  ['tcp://:2375', /not HOST/],
  ['tcp://engine:', /not HOST/],
  ['tcp://engine:http', /not HOST/],
  ['tcp://engine:2375/v1.41', /not HOST/],
  ['tcp://::1:2375', /not HOST/],
  ['tcp://[::1', /not HOST/],
  ['tcp://[1:2]', /not HOST/],
  ['tcp://engine\r\nX: y', /not HOST/],
  ['tcp://engine:0', /0 is not a port/],
  ['tcp://engine:65536', /65536 is not a port/],
]

suite('parseHost', (test) => {
  for (const [host, address] of PLACES) {
    test(host, () => assert.equal(parseHost(host), address))
  }

  test('unix path :: the longest', () => {
    const path = `/${'x'.repeat(106)}`
    assert.equal(parseHost(`unix://${path}`), at(`unix://${path}`, path))
  })

  for (const [host, why] of REFUSED) {
    test(`${JSON.stringify(host.slice(0, 40))} :: refused`, async () => {
      const error = await refusedWith('invalid-option', async () => parseHost(host))
      assert.match(error.message, why)
      assert.ok(error.message.includes(JSON.stringify(host)), 'the host is not named')
      assert.match(error.message, /write unix:\/\/\/PATH, tcp:\/\/HOST:PORT or http:\/\/HOST:PORT/)
    })
  }

  test('a password in the host :: is not shown', async () => {
    const error = await refusedWith('invalid-option', async () =>
      parseHost('tcp://me:hunter2@engine'),
    )
    assert.match(error.message, '"tcp://…@engine"')
    assert.not.match(error.message, 'hunter2')
  })
})

suite('resolveHost', (test) => {
  test('explicit :: wins over the environment', () => {
    assert.is(resolveHost('tcp://one', { DOCKER_HOST: 'tcp://two' }), 'tcp://one')
  })

  test('explicit :: empty is no default', () => {
    assert.is(resolveHost('', { DOCKER_HOST: 'tcp://two' }), '')
  })

  test('DOCKER_HOST :: in place of the default', () => {
    assert.is(resolveHost(undefined, { DOCKER_HOST: 'tcp://two' }), 'tcp://two')
  })

  for (const env of [{}, { DOCKER_HOST: '' }, { DOCKER_HOST: undefined }]) {
    test(`default :: ${JSON.stringify(env)}`, () => {
      assert.is(resolveHost(undefined, env), 'unix:///var/run/docker.sock')
    })
  }

  test('DOCKER_TLS_VERIFY :: refuses to send credentials in the clear', async () => {
    const env = { DOCKER_HOST: 'tcp://two:2376', DOCKER_TLS_VERIFY: '1' }
    const error = await refusedWith('invalid-option', async () => resolveHost(undefined, env))
    assert.match(error.message, /"tcp:\/\/two:2376" cannot be used: DOCKER_TLS_VERIFY asks for TLS/)
  })

  test('DOCKER_TLS_VERIFY :: does not concern a socket, and empty is off', () => {
    assert.is(resolveHost('unix:///a', { DOCKER_TLS_VERIFY: '1' }), 'unix:///a')
    assert.is(resolveHost('tcp://one', { DOCKER_TLS_VERIFY: '' }), 'tcp://one')
  })
})

function at(host: string, socketPath: string) {
  return { host, socketPath }
}

function on(host: string, hostname: string, port: number) {
  return { host, hostname, port }
}
