import * as assert from 'uvu/assert'
import type { PlanEntry } from '../../../../machines/plugin-upgrade/planUpgrade.ts'
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

  test('the second question :: what is not carried over, and what a replacement costs', () => {
    const entries: PlanEntry[] = [{ kind: 'env', name: 'LEVEL', fate: 'lost' }]
    const lost = ' - variable LEVEL: its value is dropped, for the new version has no such setting'
    assert.equal(ask({ plan: { mode: 'inPlace', entries } }), [
      'Upgrading plugin "acme/probe:latest" does not carry everything over:',
      lost,
      'There is no way back to the old version: it is gone.',
      'Do you want to go on? [y/N] ',
    ])
    const [title, cost, ...rest] = ask({ plan: { mode: 'replace', entries } })
    assert.is(title, 'Replacing plugin "acme/probe:latest" does not carry everything over:')
    assert.match(String(cost), 'it gets another ID, and the data in its own mount is lost')
    assert.is(rest[0], lost)
    const wayBack = { remote: 'docker.io/acme/probe:1', privileges: [] }
    assert.equal(ask({ wayBack, plan: { mode: 'inPlace', entries: [] } }), [
      'Upgrading plugin "acme/probe:latest" in place',
      'If the upgrade fails, the old version comes back from acme/probe:1.',
      'Do you want to go on? [y/N] ',
    ])
  })
})
