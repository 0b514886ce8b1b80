import * as assert from 'uvu/assert'
import { initialTransition, type SnapshotFrom, transition } from 'xstate'
import type { InstallErrorCode } from '../../machines/catalogue.ts'
import { defined } from '../../machines/defined.ts'
import { EngineError, type EngineErrorDetails, type Failure } from '../../machines/errors.ts'
import type { PluginConfig } from '../../machines/plugin.ts'
import { defaultsOf, type Observed } from '../../machines/plugin-upgrade/effect.ts'
import type { UpgradeEvent } from '../../machines/plugin-upgrade/events.ts'
import { pluginUpgradeMachine } from '../../machines/plugin-upgrade/pluginUpgradeMachine.ts'
import type { Resolved, UpgradeInput, UpgradeRun } from '../../machines/plugin-upgrade/types.ts'
import { computePrivileges } from '../../machines/privileges.ts'
import { statePath } from '../../machines/statePath.ts'
import { upgradeTimeouts } from '../../src/flow/retry/policy.ts'
import { edgeTests } from './edgeTests.ts'
import { digest, sampleConfig } from './samples.ts'

export type UpgradeChart = SnapshotFrom<typeof pluginUpgradeMachine>

export function upgradeInput(overrides: Partial<UpgradeInput> = {}): UpgradeInput {
  return {
    name: 'acme/probe',
    reference: 'acme/probe:2.0',
    settings: [],
    mode: 'inPlace',
    trial: false,
    force: false,
    onFailure: 'goBack',
    noWayBack: 'ask',
    grantAllPermissions: false,
    enableTimeout: 0,
    credentialsAttempts: 3,
    copyName: 'plugin-flow/upgrade-00000000000a:latest',
    timeouts: { ...upgradeTimeouts },
    ...overrides,
  }
}

const oldConfig = sampleConfig({ Description: 'old', Network: { Type: '' } })
const newConfig = sampleConfig({
  Description: 'new',
  Env: [{ Name: 'LEVEL', Description: '', Settable: ['value'], Value: 'info' }],
})

export function observed(config: PluginConfig, overrides: Partial<Observed> = {}): Observed {
  return {
    id: '7'.repeat(64),
    name: 'acme/probe:1.0',
    enabled: true,
    reference: 'docker.io/acme/probe:1.0',
    config,
    effect: defaultsOf(config),
    ...overrides,
  }
}

/** The plugin before anything was changed. */
export const old = observed(oldConfig)
export const copy = observed(newConfig, {
  id: '8'.repeat(64),
  name: 'plugin-flow/upgrade-00000000000a:latest',
  enabled: false,
  reference: 'docker.io/acme/probe:2.0',
})
/** After the swap: its settings are the old ones. */
export const swapped: Observed = { ...old, enabled: false, config: newConfig }
/** Neither the old version nor the new one. */
export const other = observed(sampleConfig({ Description: 'other' }))
/** The values that the plan of these two has in effect at the end. */
export const asPlanned: Observed = {
  ...old,
  config: newConfig,
  effect: [...defaultsOf(newConfig), ...defaultsOf(oldConfig).filter(({ kind }) => kind === 'env')],
}

export const resolved: Resolved = {
  engine: { apiVersion: '1.41', version: '20.10.24' },
  privileges: computePrivileges(newConfig),
  digest,
  back: { remote: 'docker.io/acme/probe:1.0', privileges: computePrivileges(oldConfig) },
}

type Invoked = keyof typeof pluginUpgradeMachine.implementations.actors

export function done(id: Invoked, output?: unknown): UpgradeEvent {
  return { type: `xstate.done.actor.${id}`, output, actorId: id } as UpgradeEvent
}

export function failed(
  id: Invoked,
  code: InstallErrorCode,
  details: EngineErrorDetails = {},
): UpgradeEvent {
  const error = new EngineError(code, `the sample of ${code}`, details)
  return { type: `xstate.error.actor.${id}`, error, actorId: id }
}

export function after(delay: string, state: string): UpgradeEvent {
  return { type: `xstate.after.${delay}.pluginUpgrade.${state}` } as unknown as UpgradeEvent
}

export const cancel: UpgradeEvent = { type: 'upgrade.cancel' }
export const grant: UpgradeEvent = { type: 'consent.grant', who: 'me' }

/** One way into each state. */
function ways({ trial }: UpgradeInput, before: Observed): Record<string, UpgradeEvent[]> {
  const awaitConsent = [done('readPlugin', { plugin: before }), done('resolveVersions', resolved)]
  const asking = [...awaitConsent, done('decideConsent', undefined)]
  const staging = [...asking, grant]
  const awaitPlan = [...staging, done('stageCopy', { copy, digest })]
  const askingPlan = [...awaitPlan, done('decideConsent', undefined)]
  const trying = [...askingPlan, grant]
  const disabling = trial ? [...trying, done('tryCopy')] : trying
  const upgrading = before.enabled ? [...disabling, done('disablePlugin')] : disabling
  const verifying = [...upgrading, done('swapPlugin')]
  const now = { ...swapped, enabled: false }
  const configuring = [...verifying, done('inspectPlugin', now)]
  const configured = [...configuring, done('configurePlugin', now)]
  const proving = before.enabled ? [...configured, done('enablePlugin')] : configured
  const cleaning = [...proving, done('inspectPlugin', { ...asPlanned, enabled: before.enabled })]
  const quiescing = [...configuring, failed('configurePlugin', 'set-failed', { status: 500 })]
  const returning = [...quiescing, done('quiescePlugin')]
  const returned = { ...before, enabled: false }
  const restoring = [...returning, done('returnPlugin', returned)]
  const restored = [...restoring, done('restorePlugin', returned)]
  const proven = before.enabled ? [...restored, done('enablePlugin')] : restored
  return {
    reading: [],
    resolving: awaitConsent.slice(0, 1),
    reauth: [...awaitConsent.slice(0, 1), failed('resolveVersions', 'unauthorized')],
    'reauth, asking a person': [
      ...awaitConsent.slice(0, 1),
      failed('resolveVersions', 'unauthorized'),
      done('requestCredentials', undefined),
    ],
    awaitConsent,
    'awaitConsent, asking a person': asking,
    staging,
    'awaitConsent of the plan': awaitPlan,
    'awaitConsent of the plan, asking a person': askingPlan,
    trying,
    disabling,
    upgrading,
    verifying,
    configuring,
    enabling: configured,
    proving,
    cleaning,
    'rollingBack.quiescing': quiescing,
    'rollingBack.returning': returning,
    'rollingBack.restoring': restoring,
    'rollingBack.enabling': restored,
    'rollingBack.proving': proven,
    'rollingBack.cleaning': [...proven, done('inspectPlugin', before)],
    'rollingBack.looking': [...returning, failed('returnPlugin', 'registry-unreachable')],
  }
}

/** The machine in a state, reached as a run reaches it. */
export function at(
  state: string,
  overrides: Partial<UpgradeInput> = {},
  before: Observed = old,
): UpgradeChart {
  const input = upgradeInput({ trial: state === 'trying', ...overrides })
  const way = ways(input, before)[state]
  assert.ok(way, state)
  const reached = send(begin(input), ...way)
  assert.is(statePath(reached.value), state.split(/,| of/)[0])
  return reached
}

/** A run that an earlier process left after it had begun to change the plugin. */
export function leftWhile(phase: 'disabling' | 'swapping', failure?: Failure): UpgradeRun {
  const { before, resolved: found, consent, copy: staged, plan } = at('disabling').context
  const run = { phase, before, resolved: found, consent, copy: staged, plan, failure }
  return defined(run) as UpgradeRun
}

/** At the start of a run. */
export function begin(overrides: Partial<UpgradeInput> = {}): UpgradeChart {
  return initialTransition(pluginUpgradeMachine, upgradeInput(overrides))[0]
}

/** The snapshot after these events, by the pure transition function: nothing is run. */
export function send(start: UpgradeChart, ...events: readonly UpgradeEvent[]): UpgradeChart {
  return events.reduce(
    (snapshot, event) => transition(pluginUpgradeMachine, snapshot, event)[0],
    start,
  )
}

/** A plugin that is disabled. */
export const oldDisabled: Observed = { ...old, enabled: false }

export const { edge, always, listEdges } = edgeTests(pluginUpgradeMachine, checkOutcome)

/** Of every transition: a failure names its state and its cause, and an answer ends the question. */
function checkOutcome(from: UpgradeChart, { type }: UpgradeEvent, next: UpgradeChart) {
  const { failure, asksPerson } = next.context
  const state = statePath(from.value).split('.')[0]
  if (/^(rolling|rolled|stranded)/.test(statePath(next.value)) && !from.context.failure) {
    assert.is(failure?.state, state)
    if (type === 'upgrade.cancel') assert.is(failure?.code, 'cancelled')
    if (type.startsWith('xstate.after.')) assert.is(failure?.code, 'timed-out')
  }
  if (next.status === 'done') assert.is(next.output?.state, next.value)
  if (statePath(next.value) !== statePath(from.value)) assert.not(asksPerson)
}
