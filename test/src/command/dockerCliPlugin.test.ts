import * as assert from 'uvu/assert'
import { fromDocker } from '../../../src/command/dockerCliPlugin.ts'
import { suite } from '../../support/suite.ts'
import { run } from './stage.ts'

suite("as a plugin of Docker's client", (test) => {
  const cases: [title: string, given: string[], argv: string[]][] = [
    ['its name is dropped', ['pluginflow', 'ls', '-q'], ['ls', '-q']],
    ['nothing behind it', ['pluginflow'], []],
    [
      "the client's -c is a context, and -H a host",
      ['-c', 'far', 'pluginflow', 'ls'],
      ['--context=far', 'ls'],
    ],
    [
      'TLS options, and booleans with a value',
      ['-H', 'tcp://h', '--tlsverify=false', '--tlscacert', 'ca.pem', 'pluginflow', 'ls'],
      ['--host=tcp://h', '--tlsverify=false', '--tlscacert=ca.pem', 'ls'],
    ],
    [
      "what is the client's own is left out",
      ['-D', '--log-level', 'debug', '--config', '/c', 'pluginflow', 'ls'],
      ['ls'],
    ],
    [
      'options behind it stay',
      ['pluginflow', '-H', 'a', 'install', '--', 'x'],
      ['-H', 'a', 'install', '--', 'x'],
    ],
    ['the help of the client', ['help', 'pluginflow'], ['help']],
    ['the help of a command', ['help', 'pluginflow', 'install'], ['help', 'install']],
    ['any other call', ['install', 'pluginflow', 'A=1'], ['install', 'pluginflow', 'A=1']],
    [
      'an option of a later client is not passed over',
      ['-H', 'a', '--new', 'pluginflow', 'ls'],
      ['-H', 'a', '--new', 'ls'],
    ],
  ]
  for (const [title, given, argv] of cases) {
    test(`${title} :: ${given.join(' ')}`, () => {
      assert.equal(fromDocker({ argv: given, env: {} }).argv, argv)
    })
  }

  test('--config :: the folder of the configuration', () => {
    const env = { DOCKER_CONFIG: '/a', PATH: '/bin' }
    const given = ['--config', '/b', 'pluginflow', 'ls']
    assert.equal(fromDocker({ argv: given, env }).env, { DOCKER_CONFIG: '/b', PATH: '/bin' })
    assert.is(fromDocker({ argv: ['pluginflow', 'ls'], env }).env, env)
  })

  test('it says what it is, in one line of JSON', async () => {
    const { code, stdout, stderr } = run({}, {}, ['docker-cli-plugin-metadata'])
    assert.equal([await code, stderr.text()], [0, ''])
    const { Version, ...rest } = JSON.parse(stdout.text())
    assert.match(Version, /^\d+\.\d+\.\d+/)
    assert.equal(rest, {
      SchemaVersion: '0.1.0',
      Vendor: 'docker-plugin-flow',
      ShortDescription: 'Install Docker Engine plugins, and take back what cannot be finished',
    })
  })
})
