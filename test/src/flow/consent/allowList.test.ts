import * as assert from 'uvu/assert'
import { allowList, askedOf } from '../../../../src/flow/consent/allowList.ts'
import { answer, asking } from '../../../support/consentRequests.ts'
import { suite } from '../../../support/suite.ts'

suite('allowList', (test) => {
  test('grants when every value of every privilege is on it', () => {
    const policy = allowList(['network:host', 'capabilities:CAP_SYS_ADMIN', 'mount:/tmp'])
    assert.is(answer(policy, asking({ network: ['host'], mount: ['/tmp'] })), 'granted')
    assert.is(answer(policy, asking({})), 'granted')
  })

  test('denies by name what is not on it, and nothing is on an empty one', () => {
    const request = asking({ network: ['host'], capabilities: ['CAP_A', 'CAP_B'] })
    assert.is(
      answer(allowList(['network:host', 'capabilities:CAP_A']), request),
      'not allowed: capabilities:CAP_B',
    )
    assert.is(
      answer(allowList([]), request),
      'not allowed: network:host, capabilities:CAP_A, capabilities:CAP_B',
    )
  })

  test('denies :: a value that could be taken for two is in quotes', () => {
    const request = asking({ mount: ['/a, network:host', '/b "c"'] })
    assert.is(
      answer(allowList([]), request),
      'not allowed: mount:"/a, network:host", mount:"/b \\"c\\""',
    )
  })

  test('patterns :: one star stays within a path segment, two go through', () => {
    const rows: [pattern: string, value: string, allowed: boolean][] = [
      ['mount:/var/lib/*', '/var/lib/data', true],
      ['mount:/var/lib/*', '/var/lib/data/deep', false],
      ['mount:/var/lib/**', '/var/lib/data/deep', true],
      ['mount:/var/lib/*', '/var/lib', false],
      ['mount:/var/lib', '/var/lib/', true],
      ['mount:/var/lib/', '/var/lib', true],
      ['mount:/var/lib/*', '/var/lib/..', false],
      ['mount:/var/lib/**', '/var/lib/../../etc', false],
      ['mount:/var/lib/**', '/var/lib/./x//y', true],
      ['mount:/', '/', true],
      ['mount:/*', '/', true],
      ['mount:/a.b', '/aXb', false],
      ['mount:/a+(b)', '/a+(b)', true],
      ['mount:', '', true],
      ['mount:/data', '/data\n', false],
    ]
    for (const [pattern, value, allowed] of rows) {
      const said = answer(allowList([pattern]), asking({ mount: [value] }))
      assert.is(said === 'granted', allowed, `${pattern} ${value}`)
    }
  })

  test('a privilege without a value is asked for all the same', () => {
    const devices = asking({ 'allow-all-devices': [] })
    assert.is(answer(allowList([]), devices), 'not allowed: allow-all-devices:')
    assert.is(answer(allowList(['allow-all-devices:']), devices), 'granted')
  })

  test('names are the engine’s own, spaces and all, and one is not another', () => {
    const pid = asking({ 'host pid namespace': ['true'] })
    assert.is(answer(allowList(['host pid namespace:true']), pid), 'granted')
    assert.is.not(answer(allowList(['host ipc namespace:true']), pid), 'granted')
    assert.is.not(answer(allowList(['device:/tmp']), asking({ mount: ['/tmp'] })), 'granted')
  })

  test('settings that widen count as the mount or the device they make', () => {
    const asked = (setting: string) => askedOf(asking({}, [setting]))
    assert.equal(asked('a.source=/x'), [{ name: 'mount', value: '/x' }])
    assert.equal(asked('a.path=/x'), [{ name: 'device', value: '/x' }])
    assert.equal(asked('a=/x'), [
      { name: 'mount', value: '/x' },
      { name: 'device', value: '/x' },
    ])
    assert.equal(asked('DEBUG=1'), [])
    const policy = allowList(['mount:/data/*'])
    assert.is(answer(policy, asking({}, ['a.source=/data/x'])), 'granted')
    assert.is(answer(policy, asking({}, ['a.source=/etc'])), 'not allowed: mount:/etc')
    assert.is(answer(policy, asking({}, ['a=/data/x'])), 'not allowed: device:/data/x')
  })

  test('for a mount or a device without a path yet, the refusal says how to allow it', () => {
    assert.is(
      answer(allowList(['mount:/x']), asking({ mount: [''] })),
      'not allowed: mount: (it has no source yet: --allow mount: or the pattern "mount:" allows it)',
    )
    assert.is(
      answer(allowList(['device:/**']), asking({ device: [''] })),
      'not allowed: device: (it has no path yet: --allow device: or the pattern "device:" allows it)',
    )
    assert.is(answer(allowList(['mount:']), asking({ mount: [''] })), 'granted')
    assert.is(answer(allowList(['mount:**']), asking({ mount: [''] })), 'granted')
  })

  test('an invalid pattern is refused, by name', () => {
    for (const pattern of ['', 'mount', ':x']) {
      assert.throws(() => allowList([pattern]), /allows nothing: write NAME:VALUE/)
    }
  })
})
