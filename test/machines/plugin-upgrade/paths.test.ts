import * as assert from 'uvu/assert'
import { makeFailure } from '../../../machines/failure.ts'
import type { UpgradeEvent } from '../../../machines/plugin-upgrade/events.ts'
import { pluginUpgradeMachine } from '../../../machines/plugin-upgrade/pluginUpgradeMachine.ts'
import type { UpgradeInput } from '../../../machines/plugin-upgrade/types.ts'
import { statePath } from '../../../machines/statePath.ts'
import { digest, otherDigest, parsed, sampleConfig } from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import {
  after,
  asPlanned,
  cancel,
  copy,
  done,
  failed,
  grant,
  leftWhile,
  listEdges,
  observed,
  old,
  oldDisabled,
  other,
  resolved,
  swapped,
  type UpgradeChart,
  upgradeInput,
} from '../../support/upgradeChart.ts'
import { walkChart } from '../../support/walkChart.ts'

const account = { registry: 'docker.io' }
const noWayBack = { ...resolved, back: { none: 'the tag has moved' } }
const uses = { containers: ['web'], volumes: [], networks: [] }
const exceeding = observed(sampleConfig({ IpcHost: true }), { name: copy.name })
const withDevice = observed(
  sampleConfig({
    Linux: {
      AllowAllDevices: false,
      Capabilities: null,
      Devices: [{ Name: 'disk', Description: '', Settable: ['path'], Path: null }],
    },
  }),
  { name: copy.name },
)

/** The events that people and engines may send, whatever the state. */
const events: UpgradeEvent[] = [
  cancel,
  grant,
  { type: 'consent.deny' },
  { type: 'credentials.submit', account },
  done('readPlugin', { plugin: old }),
  failed('readPlugin', 'plugin-missing'),
  done('resolveVersions', resolved),
  failed('resolveVersions', 'unauthorized'),
  failed('resolveVersions', 'not-found'),
  done('requestCredentials', account),
  done('requestCredentials', undefined),
  failed('requestCredentials', 'unauthorized'),
  done('decideConsent', { granted: true }),
  done('decideConsent', { granted: false }),
  done('decideConsent', undefined),
  failed('decideConsent', 'host-failed'),
  done('stageCopy', { copy, digest }),
  done('stageCopy', { copy, digest: otherDigest }),
  done('stageCopy', { copy: exceeding, digest }),
  failed('stageCopy', 'unauthorized'),
  failed('stageCopy', 'pull-interrupted'),
  ...[
    'tryCopy',
    'disablePlugin',
    'swapPlugin',
    'enablePlugin',
    'quiescePlugin',
    'removeCopy',
  ].flatMap((id) => [done(id as 'tryCopy'), failed(id as 'tryCopy', 'engine-failed')]),
  failed('disablePlugin', 'changed-by-others'),
  ...[
    old,
    oldDisabled,
    swapped,
    { ...asPlanned, enabled: true },
    { ...asPlanned, enabled: false },
    other,
  ].map((now) => done('inspectPlugin', now)),
  failed('inspectPlugin', 'engine-unreachable'),
  done('configurePlugin', swapped),
  failed('configurePlugin', 'set-failed'),
  done('returnPlugin', oldDisabled),
  failed('returnPlugin', 'no-way-back'),
  done('restorePlugin', oldDisabled),
  failed('restorePlugin', 'set-failed'),
  done('lookAround', { hasCopy: false }),
  failed('lookAround', 'engine-unreachable'),
  ...(
    [
      'reading',
      'resolving',
      'reauth',
      'awaitConsent',
      'staging',
      'trying',
      'disabling',
      'upgrading',
      'verifying',
      'configuring',
      'enabling',
      'proving',
      'cleaning',
      'rollingBack',
    ] as const
  ).map((state) => after(`${state}Timeout`, state)),
  after('cleaningTimeout', 'rollingBack.cleaning'),
]

/** Other events that may happen in some runs. */
const others = {
  disabled: done('readPlugin', { plugin: oldDisabled }),
  swapped: done('readPlugin', { plugin: swapped }),
  foreign: done('readPlugin', { plugin: other }),
  noWayBack: done('resolveVersions', noWayBack),
  used: done('resolveVersions', { ...resolved, uses }),
  sameAsked: done('resolveVersions', { ...resolved, privileges: [] }),
  sameContent: done('stageCopy', { copy: { ...copy, config: old.config }, digest }),
  withDevice: done('stageCopy', { copy: withDevice, digest }),
}

const runs: [input: Partial<UpgradeInput>, ...more: UpgradeEvent[]][] = [
  [{}],
  [{ trial: true }, others.disabled],
  [{ noWayBack: 'refuse' }, others.noWayBack],
  [
    { grantAllPermissions: true, reference: 'acme/probe:1.0' },
    others.sameAsked,
    others.sameContent,
  ],
  [{ grantAllPermissions: true, settings: parsed('disk.path=/dev/b') }, others.withDevice],
  [{ onFailure: 'keep' }, others.disabled],
  [{ mode: 'auto', force: true }, others.used],
  [{ mode: 'replace' }, others.used],
  [{ resumed: leftWhile('disabling') }, others.foreign],
  [{ resumed: leftWhile('swapping') }, others.swapped],
  [{ resumed: leftWhile('disabling', makeFailure('cancelled', 'disabling')) }],
]

suite('paths', (test) => {
  test('a real actor goes every way through the chart', async () => {
    const { hit, walked } = await walkChart(pluginUpgradeMachine, {
      runs: runs.map(([input, ...more]) => ({
        input: inputOf(input),
        events: [...events, ...more],
      })),
      identity,
      comesBefore,
      lastsFor: ({ type }) => (type.includes('rollingBackTimeout') ? 10_000 : 1000),
    })
    assert.equal([...hit].sort(), listEdges().sort(), `${walked} ways walked`)
    assert.ok(walked > 500, `${walked} ways walked`)
  })
})

/** The parts of a snapshot that make two situations different for the flow. */
function identity({ value, context }: UpgradeChart): unknown {
  const { asksPerson, credentialsAttempt, phase, before, resolved, consent, plan } = context
  const attempts = plan ? undefined : credentialsAttempt
  const hasWayBack = resolved && !('none' in resolved.back)
  return [
    value,
    asksPerson,
    attempts,
    phase,
    before?.enabled,
    hasWayBack,
    resolved?.uses,
    consent?.request.id,
    !plan,
  ]
}

function inputOf(input: Partial<UpgradeInput>): UpgradeInput {
  const second = Object.keys(upgradeInput().timeouts).map((state) => [state, 1000])
  const timeouts = { ...Object.fromEntries(second), rollingBack: 10_000 }
  return upgradeInput({ credentialsAttempts: 1, timeouts, ...input })
}

function comesBefore({ value }: UpgradeChart, event: UpgradeEvent): boolean {
  // The copy of a way back is given up before the whole of it is.
  const isCleaning = statePath(value) === 'rollingBack.cleaning'
  return !isCleaning || !event.type.includes('rollingBackTimeout')
}
