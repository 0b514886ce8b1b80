import * as assert from 'uvu/assert'
import { explainRequest, explainSetting } from '../../../src/privileges/explainPrivilege.ts'
import { suite } from '../../support/suite.ts'

const Description = ''

suite('privileges explained', (test) => {
  test('the most dangerous first, one entry a value', () => {
    const explained = explainRequest(
      [
        { Name: 'network', Description, Value: ['host'] },
        { Name: 'device', Description, Value: ['/dev/null'] },
        { Name: 'capabilities', Description, Value: ['CAP_NET_BIND_SERVICE', 'CAP_SYS_ADMIN'] },
      ],
      ['data.source=/etc', 'state.source=/home/me'],
    )
    assert.equal(
      explained.map(({ danger, value }) => [danger, value]),
      [
        ['critical', 'data.source=/etc'],
        ['critical', 'CAP_SYS_ADMIN'],
        ['high', 'state.source=/home/me'],
        ['high', 'host'],
        ['low', '/dev/null'],
        ['low', 'CAP_NET_BIND_SERVICE'],
      ],
    )
  })

  const paths: [string, string][] = [
    ['/', 'critical'],
    ['//', 'critical'],
    ['/tmp/..', 'critical'],
    ['/var/run/docker.sock', 'critical'],
    ['/run/./docker.sock', 'critical'],
    ['/run/containerd/containerd.sock', 'critical'],
    ['/etc/ssh', 'critical'],
    ['/var', 'critical'],
    ['/var/lib/docker', 'critical'],
    ['/proc/sys', 'critical'],
    ['/var/lib/docker/plugins/', 'high'],
    ['/var/lib/docker/plugins/../volumes', 'critical'],
    ['/home/me', 'high'],
    ['/tmp', 'medium'],
    ['/etcetera', 'medium'],
    ['', 'medium'],
  ]
  for (const [path, danger] of paths) {
    test(`mount :: "${path}" is ${danger}`, () => {
      const [explained] = explainRequest([{ Name: 'mount', Description, Value: [path] }], [])
      assert.is(explained?.danger, danger)
    })
  }

  const others: [string, string, string][] = [
    ['device', '/dev/sda1', 'critical'],
    ['device', '/dev/shm/../mem', 'critical'],
    ['device', '/dev/fuse', 'medium'],
    ['device', '/dev/ttyS0', 'high'],
    ['capabilities', 'sys_module', 'critical'],
    ['capabilities', 'CAP_OF_TOMORROW', 'high'],
    ['host pid namespace', 'true', 'critical'],
    ['host ipc namespace', 'true', 'high'],
    ['allow-all-devices', 'true', 'critical'],
    ['network', 'overlay', 'medium'],
    ['constructor', 'x', 'high'],
  ]
  for (const [Name, value, danger] of others) {
    test(`${Name} :: ${value} is ${danger}`, () => {
      const [explained] = explainRequest([{ Name, Description, Value: [value] }], [])
      assert.is(explained?.danger, danger)
    })
  }

  test('a privilege without a value is shown all the same', () => {
    for (const Name of ['mount', 'network', 'capabilities', 'device', 'unheard-of']) {
      assert.is(explainRequest([{ Name, Description, Value: [] }], []).length, 1, Name)
    }
  })

  test('a setting is as dangerous as what it points at', () => {
    assert.is(explainSetting('state.source=/').danger, 'critical')
    assert.is(explainSetting('state.source=/srv/data').danger, 'medium')
    assert.is(explainSetting('disk.path=/dev/sda').danger, 'critical')
  })
})
