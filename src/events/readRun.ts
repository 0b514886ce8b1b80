import type { LayerProgress, Progress } from '../../machines/progress.ts'
import {
  type Check,
  type ChecksOf,
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
  ConsentAsked,
  FlowEvent,
  FlowStarted,
  MachineEvents,
  OutcomeReached,
  RecordedRun,
  ShownQueued,
  TransitionTaken,
} from './flowEvent.ts'
import { installChecks } from './installChecks.ts'
import { upgradeChecks } from './upgradeChecks.ts'

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

/** The checks of the requests and outcomes of each machine: a machine has its own file. */
const machines: { [Id in keyof MachineEvents]: ChecksOf<MachineEvents[Id]> } = {
  pluginInstall: installChecks,
  pluginUpgrade: upgradeChecks,
}

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
  queued: object({ ...numbered, queued: object<ShownQueued>({ ahead: number }) }),
  ignored: object({ ...numbered, event: text }),
  consent: ofMachine<ConsentAsked>('request', numbered),
  credentials: object({
    ...numbered,
    request: object({ registry: text, attempt: number, reason: only('missing', 'refused') }),
  }),
  outcome: ofMachine<OutcomeReached>('outcome', numbered),
})

/** An event with a part that is of its machine; one that names none is of an install. */
function ofMachine<Event>(part: 'request' | 'outcome', fields: typeof numbered): Check<Event> {
  const checks = new Map<unknown, Check<unknown>>(
    Object.entries(machines).map(([id, { [part]: check }]) => [id, check as Check<unknown>]),
  )
  return (value) => {
    const { machine = 'pluginInstall' } = value as { machine?: unknown }
    const check = checks.get(machine)
    return check ? object({ ...fields, [part]: check })(value) : 'machine'
  }
}
