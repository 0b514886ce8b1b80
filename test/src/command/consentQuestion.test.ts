import * as assert from 'uvu/assert'
import type { ConsentRequest } from '../../../machines/consent.ts'
import { consentQuestion, explainedQuestion } from '../../../src/command/install/consentQuestion.ts'
import { createOutput } from '../../../src/command/processIo.ts'
import { suite } from '../../support/suite.ts'
import { collector } from './collect.ts'
import { asTerminal } from './screen.ts'

const request: ConsentRequest = {
  id: 1,
  reference: 'vieux/sshfs',
  name: 'vieux/sshfs:latest',
  privileges: [
    { Name: 'network', Description: 'permissions to access a network', Value: ['host'] },
    { Name: 'mount', Description: 'host path to mount', Value: [''] },
    { Name: 'capabilities', Description: '', Value: ['CAP_SYS_ADMIN', 'CAP_NET_ADMIN'] },
  ],
  settings: [
    { name: 'DEBUG', value: '1', widens: false },
    { name: 'state', field: 'source', value: '/data', widens: true },
  ],
}

suite('consentQuestion', (test) => {
  test('is word for word that of Docker’s command, and names the settings that widen', () => {
    assert.is(
      consentQuestion(request),
      [
        'Plugin "vieux/sshfs" is requesting the following privileges:',
        ' - network: [host]',
        ' - mount: []',
        ' - capabilities: [CAP_SYS_ADMIN CAP_NET_ADMIN]',
        ' - setting state.source=/data: may point a mount or device of the plugin there',
        'Do you grant the above permissions? [y/N] ',
      ].join('\n'),
    )
  })

  test('no value, name or setting in it can be taken for another privilege', () => {
    const question = consentQuestion({
      ...request,
      privileges: [
        { Name: 'mount', Description: '', Value: ['/a] - network: [host'] },
        { Name: 'device', Description: '', Value: ['/dev/null /dev/kmsg', '', '/dev/"x'] },
        { Name: 'x: [] - network', Description: '', Value: ['/etc/\u05d0/\u05d1'] },
      ],
      settings: [{ name: 'a', field: 'source', value: '/x: is harmless', widens: true }],
    })
    assert.equal(question.split('\n').slice(1, -1), [
      ' - mount: ["/a] - network: [host"]',
      ' - device: ["/dev/null /dev/kmsg" "" "/dev/\\"x"]',
      ' - "x: [] - network": ["/etc/\\u{5d0}/\\u{5d1}"]',
      ' - setting "a.source=/x: is harmless": may point a mount or device of the plugin there',
    ])
  })

  test('nothing in it can hide a part of it', () => {
    const evil = '\x1b[2K\r\u202e'
    const question = consentQuestion({
      ...request,
      reference: evil,
      privileges: [{ Name: evil, Description: evil, Value: [evil] }],
      settings: [{ name: evil, widens: true }],
    })
    assert.not.ok(/[\p{Cf}\p{Cc}]/u.test(question.replaceAll('\n', '')))
    assert.is(question.split('\n').length, 4)
  })
})

suite('explainedQuestion', (test) => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
  const ask = (more: Partial<ConsentRequest>, before?: ConsentRequest, columns = 80, env = {}) =>
    explainedQuestion(
      { ...request, ...more },
      before,
      createOutput(asTerminal(collector(), columns), env),
    )

  test('each privilege with its risk and what it means, the settings that widen, the digest; Docker’s own words around', () => {
    assert.equal(ask({ digest }, undefined, 80, { NO_COLOR: '1' }).split('\n'), [
      'Plugin "vieux/sshfs" is requesting the following privileges:',
      '',
      '  critical  Capability: CAP_SYS_ADMIN',
      '            It can mount, and change most of the system: as good as root.',
      '  high      Host network: host',
      "            It uses the host's own network: every port, every service on",
      '            localhost, and the traffic.',
      '  high      Capability: CAP_NET_ADMIN',
      '            It can change interfaces, routes and the firewall.',
      '  medium    Setting that changes what it reaches: state.source=/data',
      '            It can read and change what is in this directory, and hand it on.',
      '  medium    Host directory',
      '            The directory is left open: a setting names it.',
      '',
      `Digest: ${digest}`,
      'Settings: DEBUG',
      'Do you grant the above permissions? [y/N] ',
    ])
  })

  test('asked again :: what has changed since', () => {
    const mount = { Name: 'mount', Description: '', Value: ['/'] }
    const before = { ...request, privileges: request.privileges.slice(1) }
    const lines = ask({ privileges: [mount] }, before, 80, { NO_COLOR: '1' }).split('\n')
    assert.equal(lines.slice(2, 7), [
      '  It asks for other privileges than a moment ago:',
      '  - mount: []',
      '  - capabilities: [CAP_SYS_ADMIN]',
      '  - capabilities: [CAP_NET_ADMIN]',
      '  + mount: [/]',
    ])
    assert.not.match(ask({}, request), 'a moment ago')
  })

  test('no line is wider than the terminal, and the risk has its colour', () => {
    for (const columns of [40, 80, 200]) {
      const lines = ask({}, undefined, columns, { NO_COLOR: '1' }).split('\n')
      // The heading and the question are Docker's own, and no value is cut.
      const own = lines.filter((line) => line.startsWith(' '.repeat(12)))
      for (const line of own) assert.ok(line.length < Math.min(columns, 100), line)
    }
    assert.match(ask({}), '\x1b[1m\x1b[31mcritical')
    assert.not.match(ask({}, undefined, 80, { NO_COLOR: '1' }), '\x1b')
  })

  test('nothing in it can hide a part of it', () => {
    const evil = '\x1b[2K\r\u202e'
    const question = ask(
      {
        reference: evil,
        privileges: [{ Name: evil, Description: evil, Value: [evil] }],
        settings: [{ name: evil, widens: true }],
        digest: evil,
      },
      request,
      80,
      { NO_COLOR: '1' },
    )
    assert.not.ok(/[\p{Cf}\p{Cc}]/u.test(question.replaceAll('\n', '')))
  })
})
