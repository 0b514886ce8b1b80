import { initialTransition, type SnapshotFrom, transition } from 'xstate'
import type { InstallErrorCode } from '../../machines/catalogue.ts'
import { EngineError, type EngineErrorDetails } from '../../machines/errors.ts'
import type { InstallEvent } from '../../machines/plugin-install/events.ts'
import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import type { InstallInput, PluginLookUp } from '../../machines/plugin-install/types.ts'
import { parseSetting } from '../../machines/settings.ts'
import { digest, hostNetwork, sampleInput, samplePlugin } from './samples.ts'

export type Snapshot = SnapshotFrom<typeof pluginInstallMachine>
type Invoked =
  | 'lookUpPlugin'
  | 'requestCredentials'
  | 'decideConsent'
  | 'pluginPull'
  | 'pluginInspect'
  | 'pluginSet'
  | 'pluginEnable'
  | 'takeBack'

export function done(id: Invoked, output?: unknown): InstallEvent {
  return { type: `xstate.done.actor.${id}`, output, actorId: id } as InstallEvent
}

export function failed(
  id: Invoked,
  code: InstallErrorCode,
  details: EngineErrorDetails = {},
): InstallEvent {
  const error = new EngineError(code, `the sample of ${code}`, details)
  return { type: `xstate.error.actor.${id}`, error, actorId: id }
}

export function after(delay: string, state: string): InstallEvent {
  return { type: `xstate.after.${delay}.pluginInstall.${state}` } as unknown as InstallEvent
}

export function lookUp(overrides: Partial<PluginLookUp> = {}): PluginLookUp {
  return {
    privileges: [hostNetwork],
    digest,
    engine: { apiVersion: '1.41', version: '20.10.24' },
    ...overrides,
  }
}

const asksPerson = [done('lookUpPlugin', lookUp()), done('decideConsent', undefined)]
const streaming: InstallEvent[] = [...asksPerson, { type: 'consent.grant' }]
const verifying = [...streaming, done('pluginPull', { digest })]
const verified = [...verifying, done('pluginInspect', samplePlugin())]

/** One way into each state. */
const ways = {
  checkPrivileges: [],
  reauth: [failed('lookUpPlugin', 'unauthorized')],
  'reauth, asking a person': [
    failed('lookUpPlugin', 'unauthorized'),
    done('requestCredentials', undefined),
  ],
  awaitConsent: [done('lookUpPlugin', lookUp())],
  'awaitConsent, asking a person': asksPerson,
  'pulling.streaming': streaming,
  'pulling.verifying': verifying,
  configuring: verified,
  enabling: verified,
  rollingBack: [...verified, failed('pluginEnable', 'enable-failed')],
} satisfies Record<string, InstallEvent[]>

/** The machine in a state, reached as a run reaches it. */
export function at(state: keyof typeof ways, input: Partial<InstallInput> = {}): Snapshot {
  const settings = state === 'configuring' ? [parseSetting('DEBUG=1')] : []
  const [start] = initialTransition(pluginInstallMachine, sampleInput({ settings, ...input }))
  return send(start, ...ways[state])
}

/** The snapshot after these events, by the pure transition function: nothing is run. */
export function send(start: Snapshot, ...events: readonly InstallEvent[]): Snapshot {
  return events.reduce(
    (snapshot, event) => transition(pluginInstallMachine, snapshot, event)[0],
    start,
  )
}
