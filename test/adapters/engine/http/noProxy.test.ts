import * as assert from 'uvu/assert'
import { isExcepted, isLoopback } from '../../../../adapters/engine/http/environmentProxy.ts'
import { suite } from '../../../support/suite.ts'

const at = (hostname: string, port = 2376) => ({ hostname, port })

/** As golang.org/x/net/http/httpproxy reads them. */
const rows: [list: string, excepted: ReturnType<typeof at>[], others: ReturnType<typeof at>[]][] = [
  ['', [], [at('engine.test')]],
  [' , ,', [], [at('engine.test')]],
  ['*', [at('engine.test'), at('10.0.0.1'), at('fd00::1')], []],
  ['a.test, *', [at('engine.test')], []],
  [
    'engine.test',
    [at('engine.test'), at('far.engine.test'), at('very.far.engine.test', 1)],
    [at('myengine.test'), at('test'), at('engine.test.example')],
  ],
  ['.engine.test', [at('far.engine.test')], [at('engine.test'), at('farengine.test')]],
  ['*.engine.test', [at('far.engine.test')], [at('engine.test'), at('farengine.test')]],
  [' ENGINE.Test ,a.test', [at('engine.test'), at('a.test')], [at('b.test')]],
  ['engine.test:2376', [at('engine.test'), at('far.engine.test')], [at('engine.test', 2377)]],
  ['.engine.test:2376', [at('far.engine.test')], [at('far.engine.test', 2377)]],
  [':2376', [], [at('engine.test'), at('10.0.0.1')]],
  ['engine.test:', [at('engine.test')], []],
  ['engine.test:x', [], [at('engine.test')]],
  ['engine.test:02376', [], [at('engine.test')]],
  [
    'bücher.test, .Käse.test',
    [at('xn--bcher-kva.test'), at('a.xn--kse-qla.test')],
    [at('xn--kse-qla.test')],
  ],
  ['xn--iñvalid.com', [], [at('engine.test'), at('engine.test.')]],
  ['0.1', [at('10.0.0.1')], [at('10.0.0.2')]],
  ['.', [at('engine.test.')], [at('engine.test')]],
  ['10.0.0.1', [at('10.0.0.1'), at('10.0.0.1', 1)], [at('10.0.0.10'), at('a.10.0.0.1.test')]],
  ['10.0.0.1:2376', [at('10.0.0.1')], [at('10.0.0.1', 2377), at('10.0.0.2')]],
  ['fd00::1', [at('fd00::1')], [at('fd00::2'), at('10.0.0.1'), at('engine.test')]],
  ['[fd00::1]', [], [at('fd00::1')]],
  ['[fd00::1]:', [at('fd00::1')], [at('fd00::2')]],
  ['[fd00:0::1]:2376', [at('fd00::1')], [at('fd00::1', 2377)]],
  [
    '10.0.0.0/8',
    [at('10.0.0.1'), at('10.255.255.255')],
    [at('11.0.0.1'), at('fd00::1'), at('engine.test')],
  ],
  ['192.168.7.0/25', [at('192.168.7.127')], [at('192.168.7.128')]],
  ['10.0.0.0/0', [at('1.2.3.4')], [at('engine.test')]],
  ['10.0.0.1/33', [], [at('10.0.0.1')]],
  ['10.0.0.0/08', [at('10.1.1.1')], []],
  ['10.0.0/8', [], [at('10.0.0.1')]],
  ['fd00::/8', [at('fd12::1')], [at('fe80::1'), at('10.0.0.1')]],
  ['FD00::/129', [], [at('fd00::1')]],
]

suite('isExcepted', (test) => {
  for (const [list, excepted, others] of rows) {
    test(`NO_PROXY=${list}`, () => {
      for (const each of excepted) assert.ok(isExcepted(each, list), each.hostname)
      for (const each of others) assert.not.ok(isExcepted(each, list), each.hostname)
    })
  }
})

suite('isLoopback', (test) => {
  for (const host of ['localhost', 'localhost.', '127.0.0.1', '127.255.0.9', '::1']) {
    test(`${host} is`, () => assert.ok(isLoopback(host)))
  }
  test('an address of IPv4 in one of IPv6 is as it is alone', () => {
    assert.ok(isLoopback('::ffff:127.0.0.1'))
    assert.not.ok(isLoopback('::ffff:10.0.0.1'))
  })
  for (const host of ['engine.test', 'localhost.test', '128.0.0.1', '::2', '127.test', '']) {
    test(`"${host}" is not`, () => assert.not.ok(isLoopback(host)))
  }
})
