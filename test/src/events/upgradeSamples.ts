import type { Failure } from '../../../machines/errors.ts'
import type { PlanEntry } from '../../../machines/plugin-upgrade/planUpgrade.ts'
import type { FlowEvent, ShownUpgradeOutcome } from '../../../src/events/flowEvent.ts'

const FATES = [
  'asked',
  'kept',
  'setAgain',
  'newDefault',
  'reverts',
  'lost',
  'onlyByReplacing',
  'stays',
] as const

/** One of each fate. */
export const entries: PlanEntry[] = FATES.map((fate) => ({
  kind: fate === 'stays' ? 'device' : 'env',
  name: fate.toUpperCase(),
  fate,
  from: '1',
  to: '2',
}))
const leftover = { name: 'plugin-flow/upgrade-1:latest', command: 'plugin-flow rm --force it' }
const privilege = (place: string) => ({ Name: 'mount', Description: 'a mount', Value: [place] })

export const upgradeRequest = {
  id: 1,
  reference: 'acme/plain:2.0',
  name: 'acme/plain:1.0',
  digest: 'sha256:0',
  privileges: [privilege('/new'), privilege('/kept')],
  settings: [{ setting: 'DEBUG', widens: false }],
  from: 'acme/plain:1.0',
  added: [privilege('/new')],
  removed: [privilege('/old')],
  wayBack: { remote: 'acme/plain:1.0' },
  uses: { containers: ['web'], volumes: ['data'], networks: ['net'] },
}

export const upgraded = {
  id: 'a1'.repeat(32),
  name: 'acme/plain:1.0',
  from: 'acme/plain:1.0',
  reference: 'acme/plain:2.0',
  digest: 'sha256:0',
  enabled: true,
  changed: true,
  mode: 'inPlace',
  entries,
  consentBy: 'person',
  leftover,
} as const

export function outcomesOf(failure: Failure) {
  const stranded = {
    state: 'stranded',
    failure,
    reason: 'the registry is gone',
    name: 'acme/plain:1.0',
    commands: ['plugin-flow upgrade acme/plain:1.0 acme/plain:1.0', 'plugin-flow enable it'],
    leftover,
  } as const
  return {
    done: { state: 'done', plugin: upgraded },
    rolledBack: { state: 'rolledBack', failure, changed: true, remnants: ['LEVEL'], leftover },
    stranded: { ...stranded, version: 'new' },
  } satisfies Record<string, ShownUpgradeOutcome>
}

/** The events that only an upgrade has, with every field that they may have. */
export function upgradeEvents(failure: Failure): FlowEvent[] {
  const machine = 'pluginUpgrade'
  const asked = (request: typeof upgradeRequest): FlowEvent => ({
    type: 'consent',
    sequence: 9,
    at: 9,
    machine,
    request,
  })
  return [
    asked(upgradeRequest),
    asked({
      ...upgradeRequest,
      wayBack: { none: 'the tag has moved' },
      plan: { mode: 'inPlace', entries },
    } as never),
    ...Object.values(outcomesOf(failure)).map(
      (outcome): FlowEvent => ({ type: 'outcome', sequence: 10, at: 10, machine, outcome }),
    ),
  ]
}
