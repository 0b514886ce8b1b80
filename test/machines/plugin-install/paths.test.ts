import * as assert from 'uvu/assert'
import { makeFailure } from '../../../machines/failure.ts'
import type { InstallEvent } from '../../../machines/plugin-install/events.ts'
import { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import type { InstallInput } from '../../../machines/plugin-install/types.ts'
import { after, done, failed, lookUp, type Snapshot } from '../../support/chart.ts'
import { listEdges } from '../../support/edges.ts'
import {
  agreed,
  digest,
  otherDigest,
  parsed,
  sampleConfig,
  sampleInput,
  samplePlugin,
  withMount,
} from '../../support/samples.ts'
import { suite } from '../../support/suite.ts'
import { walkChart } from '../../support/walkChart.ts'

const account = { registry: 'docker.io' }
const refused = { status: 500 }

/** The events that people and engines may send, whatever the state. */
const events: InstallEvent[] = [
  { type: 'install.cancel' },
  { type: 'consent.grant' },
  { type: 'consent.deny' },
  { type: 'credentials.submit', account },
  done('lookUpPlugin', lookUp()),
  done('lookUpPlugin', lookUp({ present: { plugin: samplePlugin(), asWanted: true, own: false } })),
  done(
    'lookUpPlugin',
    lookUp({ present: { plugin: samplePlugin(), asWanted: false, own: false } }),
  ),
  failed('lookUpPlugin', 'unauthorized'),
  failed('lookUpPlugin', 'not-found'),
  done('requestCredentials', account),
  done('requestCredentials', undefined),
  failed('requestCredentials', 'unauthorized'),
  done('decideConsent', { granted: true }),
  done('decideConsent', { granted: false }),
  done('decideConsent', undefined),
  failed('decideConsent', 'host-failed'),
  done('pluginPull', { digest }),
  done('pluginPull', { digest: otherDigest }),
  failed('pluginPull', 'unauthorized', refused),
  failed('pluginPull', 'privileges-changed', { status: 200, inStream: true }),
  failed('lookUpPlugin', 'changed-by-others'),
  failed('pluginPull', 'pull-interrupted'),
  done('pluginInspect', samplePlugin()),
  done('pluginInspect', samplePlugin({ Config: sampleConfig({ IpcHost: true }) })),
  done('pluginInspect', samplePlugin({ Config: withMount })),
  done('pluginInspect', undefined),
  failed('pluginInspect', 'engine-unreachable'),
  done('pluginSet', samplePlugin()),
  failed('pluginSet', 'set-failed', refused),
  done('pluginEnable'),
  failed('pluginEnable', 'enable-failed', refused),
  failed('pluginEnable', 'changed-by-others'),
  done('takeBack', { result: 'nothingToRemove' }),
  failed('takeBack', 'engine-unreachable'),
  ...(['checkPrivileges', 'reauth', 'awaitConsent', 'pulling'] as const).map(timeout),
  ...(['configuring', 'enabling', 'rollingBack'] as const).map(timeout),
]

const inputs: Partial<InstallInput>[] = [
  {},
  { settings: parsed('DEBUG=1'), alias: 'mine' },
  { settings: parsed('state=relative'), grantAllPermissions: true },
  { disabled: true, credentialsAttempts: 1 },
  { settings: parsed('DEBUG=1'), disabled: true, credentialsAttempts: 1 },
  { grantAllPermissions: true, credentialsAttempts: 1 },
  { resumed: { ownership: 'created', enableRequested: false, consent: agreed } },
  {
    resumed: {
      ownership: 'created',
      enableRequested: true,
      failure: makeFailure('cancelled', 'enabling'),
    },
  },
]

suite('paths', (test) => {
  test('a real actor goes every way through the chart', async () => {
    const { hit, walked } = await walkChart(pluginInstallMachine, {
      runs: inputs.map((input) => ({ input: sampleInput(input), events })),
      identity,
    })
    assert.equal([...hit].sort(), listEdges().sort(), `${walked} ways walked`)
    assert.ok(walked > 100, `${walked} ways walked`)
  })
})

/** The parts of a snapshot that make two situations different for the flow. */
function identity({ value, context }: Snapshot): unknown {
  const { asksPerson, credentialsAttempt, changes, ownership, consent, pulledDigest } = context
  const present = context.lookUp?.present?.asWanted
  const counts = [credentialsAttempt, changes]
  return [value, asksPerson, counts, ownership, consent?.by, pulledDigest, present]
}

function timeout(state: string): InstallEvent {
  return after(`${state}Timeout`, state)
}
