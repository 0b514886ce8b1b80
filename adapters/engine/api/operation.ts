import type { CallOptions, InputOf, OperationId, OutputOf } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import { oneLine } from '../../../machines/text.ts'
import type { EngineAnswer } from '../http/sendRequest.ts'
import type { Timeouts } from '../http/timeouts.ts'

/** The effect of a call: a look changes nothing, a change is made once, a pull streams and is made once. */
export type CallKind = 'look' | 'change' | 'pull'

/** One operation of the Engine API as HTTP. */
export interface Operation<Id extends OperationId> {
  kind: CallKind
  method: 'GET' | 'POST' | 'DELETE'
  /**
   * Below the version of the API, with its query.
   *
   * @throws EngineError for input that the engine must not get
   */
  path(input: InputOf<Id>): string
  /** Sent as JSON. Default: no body. */
  body?(input: InputOf<Id>, options: Pick<CallOptions, 'registryAuth'>): unknown
  /** The reference or plugin that messages name. Default: the engine's host. */
  subject?(input: InputOf<Id>): string
  /** Milliseconds until the answer must begin. Default `answer`, of a look without a registry `inspect`. */
  answerWithin?(timeouts: Timeouts, input: InputOf<Id>): number
  /** The plugin's name on the engine, where the subject is a reference at a registry. */
  localName?(input: InputOf<Id>): string
  /** Over a connection of its own. Default: everything but looks. */
  dedicatedConnection?: true
  /** Resolves to `undefined` when the engine reports `not-found`. */
  isOptional?: true
  /** Reads the body by exactly one of the answer's methods. Default: the body must be empty. */
  read?(answer: EngineAnswer, input: InputOf<Id>, options: CallOptions): Promise<OutputOf<Id>>
}

const PLAIN = /^[A-Za-z0-9[][A-Za-z0-9._:@[\]/+-]*$/

/**
 * Returns a name or an id that stands for itself in a path: an HTTP client resolves `..`, `//` and
 * percent-encodings, so that a name made for it would reach another endpoint.
 *
 * @throws EngineError `invalid-reference`
 */
export function plainName(name: string): string {
  const segments = name.split('/')
  if (PLAIN.test(name) && !segments.some((segment) => ['', '.', '..'].includes(segment))) {
    return name
  }
  const shown = JSON.stringify(oneLine(name))
  throw new EngineError('invalid-reference', `${shown} is not the name or the id of a plugin`)
}

/** A reference as the value of a query. */
export function plainQuery(name: string): string {
  return encodeURIComponent(plainName(name))
}

/** As a map of maps: newer engines announce the end of the shorter form (recording `list.enabled-map-form`). */
export function filtersQuery(filters: Readonly<Record<string, readonly string[]>> = {}): string {
  const maps = Object.entries(filters).map(([name, values]) => [
    name,
    Object.fromEntries(values.map((value) => [value, true])),
  ])
  if (maps.length === 0) return ''
  return `?filters=${encodeURIComponent(JSON.stringify(Object.fromEntries(maps)))}`
}
