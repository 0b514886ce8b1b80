import { inspect } from 'node:util'

/** A secret that was planted, by the name of the place it was put. */
export type Planted = Readonly<Record<string, string>>

/** Where secrets were looked for, and how often. */
export interface Search {
  /** Looks through everything that can be reached from these, and through what is printed of them. */
  look(sink: string, values: readonly unknown[]): void
  /** The same without printing them: an actor prints its whole chart. */
  walk(sink: string, values: readonly unknown[]): void
  /** `SECRET in SINK`, for each that was found. */
  readonly found: readonly string[]
  /** How many values were looked at, by the sink they came from. */
  readonly looked: ReadonlyMap<string, number>
}

/** @param known what is everywhere and was there before, such as the chart: not looked through again */
export function searchFor(planted: Planted, known: unknown = undefined): Search {
  const patterns = Object.entries(planted).map(
    ([name, secret]) => [name, anyFormOf(secret)] as const,
  )
  const everywhere = new Set<unknown>()
  textsIn(known, everywhere)
  const found: string[] = []
  const looked = new Map<string, number>()
  const search = (sink: string, count: number, texts: readonly string[]) => {
    looked.set(sink, (looked.get(sink) ?? 0) + count)
    const text = texts.join('\n')
    for (const [name, pattern] of patterns) {
      if (pattern.test(text)) found.push(`${name} in ${sink}`)
    }
  }
  const reach = (value: unknown) => textsIn(value, new Set(everywhere))
  return {
    found,
    looked,
    look: (sink, values) =>
      search(sink, values.length, [...reach(values), ...values.flatMap(printed)]),
    walk: (sink, values) => search(sink, values.length, reach(values)),
  }
}

/** Every text that can be reached: in own properties of any kind, symbols and getters included. */
function textsIn(value: unknown, seen: Set<unknown>): string[] {
  const texts: string[] = []
  const left = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next === 'string') texts.push(next)
    if (typeof next === 'symbol') texts.push(String(next))
    if ((typeof next !== 'object' && typeof next !== 'function') || next === null) continue
    if (seen.has(next)) continue
    seen.add(next)
    if (ArrayBuffer.isView(next)) {
      texts.push(Buffer.from(next.buffer, next.byteOffset, next.byteLength).toString('latin1'))
      continue
    }
    if (next instanceof Map || next instanceof Set) for (const held of next) left.push(held)
    if ('getSnapshot' in next && typeof next.getSnapshot === 'function') left.push(snapshotOf(next))
    for (const key of Reflect.ownKeys(next)) left.push(key, fieldOf(next, key))
    const prototype: unknown = Object.getPrototypeOf(next)
    if (prototype !== Object.prototype && prototype !== Function.prototype) left.push(prototype)
  }
  return texts
}

function fieldOf(owner: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(owner, key)
  } catch {
    return undefined
  }
}

function snapshotOf(actor: object): unknown {
  try {
    return Reflect.apply(Reflect.get(actor, 'getSnapshot'), actor, [])
  } catch {
    return undefined
  }
}

/** The texts that a log makes of it. */
function printed(value: unknown): string[] {
  const options = { depth: 8, showHidden: true, maxStringLength: null, maxArrayLength: null }
  return [inspect(value, options), String(value), inJson(value)]
}

function inJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    // It has a circle: it was looked through all the same.
    return ''
  }
}

/** As it is, in JSON, in an address, and in base64 wherever in it the secret begins. */
function anyFormOf(secret: string): RegExp {
  const json = JSON.stringify(secret).slice(1, -1)
  const forms = [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    inspect(secret).slice(1, -1),
    encodeURIComponent(secret),
    encodeURIComponent(json),
    ...[secret, json]
      .flatMap(inBase64)
      .flatMap((text) => [
        text,
        text.replaceAll('+', '-').replaceAll('/', '_'),
        encodeURIComponent(text),
      ]),
  ]
  // Bytes are searched as Latin-1.
  const all = forms.flatMap((form) => [form, Buffer.from(form).toString('latin1')])
  const escaped = all.map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp([...new Set(escaped)].join('|'))
}

/** By how many bytes stand before it; without the characters that it shares with its neighbours. */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].map((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const whole = Math.floor(((before + bytes.length) * 8) / 6)
    return all.slice(Math.ceil((before * 8) / 6), whole)
  })
}
