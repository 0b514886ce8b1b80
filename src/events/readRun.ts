import type { FlowEvent, RecordedRun } from './flowEvent.ts'

/** A run as its file holds it. */
export function recordRun(events: readonly FlowEvent[]): RecordedRun {
  return { format: 'plugin-flow-run', version: 1, events }
}

/**
 * The events of a run that comes from outside, such as a file.
 *
 * @throws RangeError when it is none, or of another version
 */
export function readRun(value: unknown): FlowEvent[] {
  if (!isRecord(value) || value.format !== 'plugin-flow-run') {
    throw new RangeError('this is not a recorded run')
  }
  if (value.version !== 1) {
    throw new RangeError(`this is a run of version ${String(value.version)}, and not of 1`)
  }
  if (!Array.isArray(value.events)) throw new RangeError('the run is damaged')
  return value.events.map((event, index) => {
    if (!isFlowEvent(event)) throw new RangeError(`event ${index + 1} of the run is damaged`)
    return event
  })
}

/** Whether it is an event, with all that is needed to draw it. */
export function isFlowEvent(value: unknown): value is FlowEvent {
  if (!isRecord(value) || !isCount(value.sequence) || !isNumber(value.at)) return false
  const type = String(value.type)
  return Object.hasOwn(checks, type) && checks[type]?.(value) === true
}

type Fields = Record<string, unknown>

const checks: Readonly<Record<string, (event: Fields) => boolean>> = {
  flow: (event) => isText(event.reference) && isText(event.machine),
  transition: ({ from, to, event }) =>
    isText(to) && isText(event) && (from === undefined || isText(from)),
  progress: ({ progress }) => isRecord(progress) && isProgress(progress),
  retry: ({ retry }) =>
    isRecord(retry) &&
    isText(retry.message) &&
    [retry.attempt, retry.attempts, retry.delay].every(isNumber),
  consent: ({ request }) =>
    isRecord(request) &&
    isText(request.reference) &&
    isText(request.name) &&
    isListOf(request.privileges, isPrivilege) &&
    isListOf(request.settings, ({ setting }) => isText(setting)),
  credentials: ({ request }) =>
    isRecord(request) && isText(request.registry) && isNumber(request.attempt),
  outcome: ({ outcome }) => isRecord(outcome) && isOutcome(outcome),
}

function isProgress({ layers, current, bytesPerSecond }: Fields): boolean {
  const isLayer = (layer: Fields) =>
    isText(layer.id) && isText(layer.phase) && isNumber(layer.current)
  return isListOf(layers, isLayer) && isNumber(current) && isNumber(bytesPerSecond)
}

function isPrivilege({ Name, Value }: Fields): boolean {
  return isText(Name) && Array.isArray(Value) && Value.every(isText)
}

function isOutcome({ state, plugin, failure, rollback }: Fields): boolean {
  if (state === 'done') return isRecord(plugin) && isText(plugin.name) && isText(plugin.id)
  if (state !== 'rolledBack' || !isRecord(failure) || !isRecord(rollback)) return false
  return isText(failure.message) && isText(failure.code) && isText(rollback.result)
}

function isListOf(value: unknown, isItem: (item: Fields) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isRecord(item) && isItem(item))
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0
}
