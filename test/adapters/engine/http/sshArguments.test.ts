import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { parseHost } from '../../../../adapters/engine/http/dockerHost.ts'
import { sshArguments } from '../../../../adapters/engine/http/sshStream.ts'
import { suite } from '../../../support/suite.ts'

const argumentsFor = (host: string, limitMs = 30_000) => {
  const address = parseHost(host)
  assert.ok('ssh' in address)
  return sshArguments(address.ssh, limitMs)
}
const OPTIONS = ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=30']
const DIAL = ['docker', 'system', 'dial-stdio']

suite('sshArguments', (test) => {
  test('a host', () => {
    assert.equal(argumentsFor('ssh://engine'), [...OPTIONS, '--', 'engine', ...DIAL])
  })

  test('a user, a port and a socket', () => {
    assert.equal(argumentsFor('ssh://me@[fe80::1]:2222/run/user/1000/docker.sock'), [
      ...OPTIONS,
      ...['-l', 'me', '-p', '2222', '--', 'fe80::1'],
      ...['docker', '--host', 'unix:///run/user/1000/docker.sock', 'system', 'dial-stdio'],
    ])
  })

  test('a time below a second :: is one', () => {
    assert.ok(argumentsFor('ssh://engine', 1).includes('ConnectTimeout=1'))
    assert.ok(argumentsFor('ssh://engine', 1_001).includes('ConnectTimeout=2'))
  })

  // The arguments of ssh are joined, and read by a shell on the other side.
  for (const path of ["/a b'c", '/$(touch x)', '/a;b&&c|d', '/`x`', '/ä"\\', '/plain-1.sock']) {
    test(`the shell on the other side gets it as it is :: ${path}`, () => {
      const words = argumentsFor(`ssh://engine${path}`)
      const command = words.slice(words.indexOf('docker')).join(' ')
      const told = `docker() { printf '%s\\n' "$2"; }; ${command}`
      assert.is(execFileSync('sh', ['-c', told], { encoding: 'utf8' }), `unix://${path}\n`)
    })
  }
})
