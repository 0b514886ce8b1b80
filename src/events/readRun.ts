import type { Difference, Failure } from '../../machines/errors.ts'
import type { PluginPrivilege } from '../../machines/plugin.ts'
import type { RollbackReport } from '../../machines/plugin-install/types.ts'
import type { LayerProgress, Progress } from '../../machines/progress.ts'
import {
  count,
  flag,
  isRecord,
  list,
  number,
  object,
  only,
  optional,
  text,
  variant,
  word,
} from './checks.ts'
import type {
  FlowEvent,
  FlowStarted,
  RecordedRun,
  ShownConsentRequest,
  ShownOutcome,
  ShownPlugin,
  TransitionTaken,
} from './flowEvent.ts'

/** A run as its file holds it. */
export function recordRun(events: readonly FlowEvent[]): RecordedRun {
  return { format: 'plugin-flow-run', version: 1, events }
}

/**
 * The events of a run that comes from outside, such as a file.
 *
 * @throws RangeError that names the event and the field, when the value is not a run of this version
 */
export function readRun(value: unknown): FlowEvent[] {
  if (!isRecord(value) || value.format !== 'plugin-flow-run') {
    throw new RangeError('this is not a recorded run')
  }
  if (value.version !== 1) {
    const version = typeof value.version === 'number' ? `version ${value.version}` : 'no version'
    throw new RangeError(`this is a run of ${version}; only version 1 can be read`)
  }
  if (!Array.isArray(value.events)) throw new RangeError('the run is damaged: it has no events')
  for (const [index, each] of value.events.entries()) {
    const field = event(each)
    if (field === undefined) continue
    throw new RangeError(`event ${index + 1} of the run is damaged${field && `: ${field}`}`)
  }
  return value.events
}

/** Whether a value is an event, with all that is needed to draw it. */
export function isFlowEvent(value: unknown): value is FlowEvent {
  return event(value) === undefined
}

const rollback = variant<'result', RollbackReport>('result', {
  nothingToRemove: object({ result: word }),
  removed: object({ result: word, name: text, id: text }),
  kept: object({ result: word, name: text, id: text, enabled: flag, command: text }),
  failed: object<Extract<RollbackReport, { result: 'failed' }>>({
    result: word,
    name: text,
    id: optional(text),
    reason: text,
    command: text,
  }),
})

const privilege = object<PluginPrivilege>({
  Name: text,
  Description: text,
  Value: list(text),
})

const difference = object<Difference>({
  added: optional(list(privilege)),
  removed: optional(list(privilege)),
  digests: optional(object({ granted: text, found: text })),
})

const outcome = variant<'state', ShownOutcome>('state', {
  done: object({
    state: word,
    plugin: object<ShownPlugin>({
      id: text,
      name: text,
      reference: text,
      digest: optional(text),
      enabled: flag,
      changed: flag,
      consentBy: text,
      settings: list(text),
    }),
  }),
  rolledBack: object({
    state: word,
    failure: object<Failure>({
      code: word,
      state: text,
      message: text,
      next: text,
      retryable: flag,
      operation: optional(text),
      status: optional(number),
      engineMessage: optional(text),
      inStream: optional(flag),
      difference: optional(difference),
    }),
    rollback,
  }),
})

const layer = object<LayerProgress>({
  id: text,
  phase: only('waiting', 'downloading', 'extracting', 'complete'),
  current: number,
  total: optional(number),
  extracted: number,
})

const numbered = { type: word, sequence: count, at: number }

const event = variant<'type', FlowEvent>('type', {
  flow: object<FlowStarted>({
    ...numbered,
    machine: text,
    reference: text,
    alias: optional(text),
    engine: optional(text),
    simulated: optional(flag),
  }),
  transition: object<TransitionTaken>({ ...numbered, from: optional(text), to: text, event: text }),
  progress: object({
    ...numbered,
    progress: object<Progress>({
      layers: list(layer),
      current: number,
      total: optional(number),
      percent: optional(number),
      bytesPerSecond: number,
      secondsLeft: optional(number),
    }),
  }),
  retry: object({
    ...numbered,
    retry: object({
      state: text,
      code: word,
      message: text,
      attempt: number,
      attempts: number,
      delay: number,
    }),
  }),
  consent: object({
    ...numbered,
    request: object<ShownConsentRequest>({
      id: number,
      reference: text,
      name: text,
      digest: optional(text),
      privileges: list(privilege),
      settings: list(object({ setting: text, widens: flag })),
    }),
  }),
  credentials: object({
    ...numbered,
    request: object({ registry: text, attempt: number, reason: only('missing', 'refused') }),
  }),
  outcome: object({ ...numbered, outcome }),
})
