import type { FlowEvent } from '../../../src/events/flowEvent.ts'
import { transition } from '../viewer/events.ts'
import { upgradeEvents } from './upgradeSamples.ts'

const failure = {
  code: 'enable-failed',
  state: 'enabling',
  message: 'it did not start',
  next: 'Read the log.',
  retryable: false,
  operation: 'pluginEnable',
  status: 500,
  engineMessage: 'no',
  inStream: false,
} as const
const named = { name: 'acme/plain:latest', id: 'a1', command: 'docker plugin rm acme/plain' }

/** An event of every kind, with every field that it may have. */
export const everyEvent: readonly FlowEvent[] = [
  {
    type: 'flow',
    sequence: 1,
    at: 0,
    machine: 'pluginInstall',
    reference: 'acme/plain',
    alias: 'plain',
    engine: 'unix:///x.sock',
    simulated: true,
  },
  transition(2, 'pulling.streaming', 'awaitConsent'),
  {
    type: 'progress',
    sequence: 3,
    at: 3,
    progress: {
      layers: (['waiting', 'downloading', 'extracting', 'complete'] as const).map((phase) => ({
        id: `sha256:${phase}`,
        phase,
        current: 1,
        total: 2,
        extracted: 1,
      })),
      current: 4,
      total: 8,
      percent: 50,
      bytesPerSecond: 1,
      secondsLeft: 4,
    },
  },
  { type: 'queued', sequence: 4, at: 4, queued: { ahead: 2 } },
  { type: 'ignored', sequence: 4, at: 4, event: 'consent.grant' },
  {
    type: 'retry',
    sequence: 4,
    at: 4,
    retry: {
      state: 'pulling',
      code: 'engine-unreachable',
      message: 'gone',
      attempt: 2,
      attempts: 4,
      delay: 1_500,
    },
  },
  {
    type: 'consent',
    sequence: 5,
    at: 5,
    request: {
      id: 2,
      reference: 'acme/plain',
      name: 'acme/plain:latest',
      digest: 'sha256:0',
      privileges: [{ Name: 'mount', Description: 'a mount', Value: ['/'] }],
      settings: [
        { setting: 'state.source=/', widens: true },
        { setting: 'DEBUG', widens: false },
      ],
    },
  },
  {
    type: 'credentials',
    sequence: 6,
    at: 6,
    request: { registry: 'docker.io', attempt: 2, reason: 'refused' },
  },
  {
    type: 'outcome',
    sequence: 7,
    at: 7,
    outcome: {
      state: 'done',
      plugin: {
        id: 'a1',
        name: 'acme/plain:latest',
        reference: 'acme/plain',
        digest: 'sha256:0',
        enabled: true,
        changed: true,
        consentBy: 'person',
        settings: ['DEBUG'],
      },
    },
  },
  ...(
    [
      { result: 'nothingToRemove' },
      { result: 'removed', name: named.name, id: named.id },
      { result: 'kept', ...named, enabled: true },
      { result: 'failed', ...named, reason: 'it hung' },
    ] as const
  ).map(
    (rollback): FlowEvent => ({
      type: 'outcome',
      sequence: 8,
      at: 8,
      outcome: { state: 'rolledBack', failure, rollback },
    }),
  ),
  ...upgradeEvents(failure),
]

/** Values of every kind that JSON has, names among them that every object inherits. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  'constructor',
  '__proto__',
  '\u202e\u2800',
  [],
  [null],
  [[]],
  {},
  { length: 1 },
  { toString: 1 },
]

export interface Mutation {
  /** The names down to the field. */
  path: readonly string[]
  was: unknown
  /** The value there now; `undefined` where it was left out. */
  is: unknown
  value: unknown
}

/** A value with one of its fields, or itself, left out or made anything else. */
export function mutationsOf(value: unknown): Mutation[] {
  return pathsOf(value).flatMap(({ path, was }) =>
    [...VALUES, undefined].map((is) => ({ path, was, is, value: withValue(value, path, is) })),
  )
}

function pathsOf(value: unknown, path: readonly string[] = []): Pick<Mutation, 'path' | 'was'>[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return [{ path, was: value }, ...below.flatMap(([name, each]) => pathsOf(each, [...path, name]))]
}

function withValue(value: unknown, [name, ...path]: readonly string[], is: unknown): unknown {
  if (name === undefined) return is
  if (Array.isArray(value)) {
    return value.map((each, index) => (String(index) === name ? withValue(each, path, is) : each))
  }
  const entries = Object.entries(Object(value)).flatMap(([key, each]) => {
    const made = key === name ? withValue(each, path, is) : each
    return made === undefined ? [] : [[key, made]]
  })
  return Object.fromEntries(entries)
}
