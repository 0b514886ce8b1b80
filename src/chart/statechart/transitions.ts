import { defined } from '../../../machines/defined.ts'
import { eventLabel } from '../chart.ts'
import {
  type ConfiguredState,
  type Fields,
  isRecord,
  readList,
  readRecord,
  toText,
} from './stateTree.ts'

/** A transition of a config. */
export interface Transition {
  /** `consent.grant`, `done(fetchUser)`, `after(500)`, `always`. */
  event: string
  guard?: string
  actions?: readonly string[]
  description?: string
  /** As written; empty where the state is not left. */
  targets: readonly string[]
}

/** Every transition that a state has, in XState's order. @throws RangeError */
export function readTransitions({ path, parent, config }: ConfiguredState): Transition[] {
  const where = parent ? `the state "${path}"` : 'the machine'
  const read = (event: string, value: unknown) =>
    readList(value).map((item) => toTransition(item, event, where))
  const readAll = (value: unknown, what: string, label: (name: string) => string) =>
    Object.entries(readRecord(value, `"${what}" of ${where}`)).flatMap(([name, transitions]) =>
      read(label(name), transitions),
    )
  return [
    ...readAll(config.on, 'on', (type) => onLabel(type, where)),
    ...read('done', config.onDone || undefined),
    ...readList(config.invoke).flatMap((invoked) => {
      const { onDone, onError, onSnapshot, ...actor } = isRecord(invoked) ? invoked : {}
      const name = nameOf(actor)
      return [
        ...read(`done(${name})`, onDone || undefined),
        ...read(`error(${name})`, onError || undefined),
        ...read(`snapshot(${name})`, onSnapshot || undefined),
      ]
    }),
    ...readAll(withoutListedTexts(config.after), 'after', (delay) => `after(${delay})`),
    ...read('always', config.always || undefined),
  ]
}

/** XState ignores a delayed target that is a string in a list, and takes one that stands alone. */
function withoutListedTexts(after: unknown): unknown {
  if (!isRecord(after)) return after
  const kept = Object.entries(after).map(([delay, value]): [string, unknown] => [
    delay,
    Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? {} : item)) : value,
  ])
  return Object.fromEntries(kept)
}

function onLabel(type: string, where: string): string {
  if (type !== '') return eventLabel(type)
  throw new RangeError(`${where} has an event without a name; XState 5 has "always" for it`)
}

function toTransition(value: unknown, event: string, where: string): Transition {
  if (typeof value === 'string') return { event, targets: readTargets(value, event, where) }
  const { target, guard, cond, actions, description } = readRecord(
    value,
    `a transition of ${where} on "${event}"`,
  )
  if (cond) throw new RangeError(`${where} has "cond" on "${event}"; XState 5 calls it "guard"`)
  return {
    event,
    ...defined({
      guard: guardName(guard),
      actions: readActions(actions),
      description: readDescription(description),
    }),
    targets: readTargets(target, event, where),
  }
}

/** The names of actions; absent where there are none. Code has no name: JSON writes `null` for it in a list. */
export function readActions(actions: unknown): string[] | undefined {
  const names = readList(actions).map(codeName)
  return names.length > 0 ? names : undefined
}

export function readDescription(description: unknown): string | undefined {
  return typeof description === 'string' && description !== '' ? description : undefined
}

/** The actors that a state invokes: the id of each, with what it runs where that has another name. */
export function readInvokes(invoke: unknown): string[] | undefined {
  const names = readList(invoke).map((invoked) => {
    const actor = isRecord(invoked) ? invoked : {}
    const name = nameOf(actor)
    return typeof actor.src === 'string' && actor.src !== name ? `${name} (${actor.src})` : name
  })
  return names.length > 0 ? names : undefined
}

/** An empty string means no target. */
function readTargets(target: unknown, event: string, where: string): string[] {
  if (target === '') return []
  return readList(target).map((each) => {
    if (typeof each === 'string') return each
    throw new RangeError(`a target of ${where} on "${event}" is not a string`)
  })
}

function guardName(guard: unknown): string | undefined {
  return guard === undefined || guard === null ? undefined : codeName(guard)
}

/** A guard or an action that is code has no name: JSON leaves functions out. */
function codeName(code: unknown): string {
  return toText(isRecord(code) ? (code.type ?? CODE) : (code ?? CODE))
}

const CODE = 'a function'

function nameOf({ id, src }: Fields): string {
  return toText(id ?? src ?? 'actor')
}
