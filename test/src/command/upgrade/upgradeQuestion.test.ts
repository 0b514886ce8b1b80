import * as assert from 'uvu/assert'
import type { UpgradeConsentRequest } from '../../../../machines/plugin-upgrade/types.ts'
import { createOutput } from '../../../../src/command/processIo.ts'
import { upgradeQuestion } from '../../../../src/command/upgrade/upgradeQuestion.ts'
import { asking } from '../../../support/consentRequests.ts'
import { suite } from '../../../support/suite.ts'
import { collector } from '../collect.ts'
import { asTerminal } from '../screen.ts'

const request: UpgradeConsentRequest = {
  ...asking({ network: ['host'], mount: ['/etc'], device: ['/dev/fuse'] }, ['state.source=/data']),
  from: 'docker.io/acme/probe:1',
  added: asking({ mount: ['/etc'] }).privileges,
  removed: ['/data', '/gone'].flatMap((place) => asking({ mount: [place] }).privileges),
  wayBack: { none: 'it is gone' },
}

function ask(more: Partial<UpgradeConsentRequest> = {}): string[] {
  const output = createOutput(asTerminal(collector(), 80), { NO_COLOR: '1' })
  return upgradeQuestion({ ...request, ...more }, { before: undefined, output }).split('\n')
}

suite('upgradeQuestion, at a terminal', (test) => {
  test('each privilege with its risk and what it means, what is new first', () => {
    assert.equal(ask(), [
      'Upgrading plugin "acme/probe:latest" from acme/probe:1 to acme/probe',
      'Plugin "acme/probe" is requesting the following privileges:',
      '  Added:',
      '  critical  Host directory: /etc',
      '            It can read and change files that the host itself runs on.',
      '  As before:',
      '  high      Host network: host',
      "            It uses the host's own network: every port, every service on",
      '            localhost, and the traffic.',
      '  medium    Host device: /dev/fuse',
      '            It can offer file systems of its own (FUSE) to the host.',
      '  Settings:',
      '  medium    Setting that changes what it reaches: state.source=/data',
      '            It can read and change what is in this directory, and hand it on.',
      'It is no longer requesting these:',
      ' - mount: [/gone]',
      'The engine does not tell whether the plugin is in use.',
      'There is no way back to the old version: it is gone.',
      'Do you grant the above permissions? [y/N] ',
    ])
  })

  test('nothing asked for, in use :: no heading of a list, and who uses it', () => {
    const uses = { containers: ['web', 'a b'], volumes: [], networks: ['lan'] }
    const none = { privileges: [], added: [], removed: [], settings: [], uses }
    assert.equal(ask(none).slice(1, 4), [
      'Plugin "acme/probe" is requesting no privileges.',
      'Containers that use it: web, "a b".',
      'Its networks: lan.',
    ])
  })
})
