import fc from 'fast-check'
import { type Fault, sends, sendsAndEnds, sendsAndResets, targets } from './fault.ts'
import type { Strike } from './recordedEngine.ts'
import { answerBytes, bodyOf, type WireAnswer, withBody } from './wireAnswer.ts'

/** A fault that is not in the lists, made up at random. */
export type RandomFault = Pick<Fault, 'role' | 'detail' | 'strike'> & { patience: number }

/** Bytes of the status line: with another status it would be another answer, and no fault. */
const STATUS_LINE = 13
const PATIENCE_MS = 2_500

/** Where in an answer, from 0, its beginning, to 1, its end: everywhere as often. */
export const place = fc.noBias(fc.integer({ min: 0, max: 10_000 })).map((share) => share / 10_000)
const someBytes = fc.uint8Array({ minLength: 1, maxLength: 40 })

export interface Struck {
  detail: string
  strike: Strike
}

/** Does something to the bytes of an answer, beyond its status line. */
function changed(
  detail: string,
  share: number,
  change: (bytes: Buffer, at: number) => Uint8Array[],
): Struck {
  return {
    detail: `${detail} at ${(share * 100).toFixed(2)} %`,
    strike: sends((answer) => {
      const bytes = answerBytes(answer)
      const at = STATUS_LINE + Math.floor(share * (bytes.length - STATUS_LINE))
      return Buffer.concat(change(bytes, at))
    }),
  }
}

/** Puts another value in the place of one of an answer. */
export function otherValue(detail: string, share: number, json: string): Struck {
  return {
    detail: `${detail} in place of a value at ${(share * 100).toFixed(2)} %`,
    strike: sends((answer) => answerBytes(withBody(answer, withValue(answer, share, json)))),
  }
}

const DEPTH = 100_000

/** JSON that a parser takes, and a program may not expect. */
const hostileJson: readonly [detail: string, json: string][] = [
  ['deep lists', '['.repeat(DEPTH) + ']'.repeat(DEPTH)],
  ['deep objects', `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`],
  ['a prototype', '{"__proto__":{"Name":"x"},"constructor":1,"toString":2,"length":-1}'],
  ['a number beyond all', '1e999'],
  ['half a letter', '"\\ud800"'],
  ['a NUL', '"a\\u0000b"'],
  ['a long text', `"${'%41'.repeat(100_000)}"`],
  ['a text of many parts', `"${'a/'.repeat(200_000)}"`],
  ['a long list', `[${'"A=1",'.repeat(100_000)}""]`],
  ['fields twice', '1,"Id":"x","Name":[],"Enabled":{},"Config":null,"status":[]'],
]

/** The body of an answer with another value in the place of the one that is next to a share of it. */
function withValue(answer: WireAnswer, share: number, json: string): string {
  const text = bodyOf(answer).toString()
  const values = [...text.matchAll(/(?<=[:[,])(?:"(?:[^"\\]|\\.)*"(?!:)|[\w.-]+)/g)]
  const value = values[Math.floor(share * values.length * 0.999)]
  if (!value) return json
  return text.slice(0, value.index) + json + text.slice(value.index + value[0].length)
}

/** Changes that may be made to any answer. */
export const struck: fc.Arbitrary<Struck> = fc.oneof(
  place.map((share) => ({
    detail: `cut at ${(share * 100).toFixed(2)} %`,
    strike: sendsAndEnds((answer) => partOf(answer, share)),
  })),
  place.map((share) => ({
    detail: `reset at ${(share * 100).toFixed(2)} %`,
    strike: resets(share),
  })),
  fc
    .tuple(place, someBytes)
    .map(([share, more]) =>
      changed(`${shown(more)} put in`, share, (bytes, at) => [
        bytes.subarray(0, at),
        more,
        bytes.subarray(at),
      ]),
    ),
  fc
    .tuple(place, fc.integer({ min: 1, max: 200 }))
    .map(([share, length]) =>
      changed(`${length} bytes taken out`, share, (bytes, at) => [
        bytes.subarray(0, at),
        bytes.subarray(at + length),
      ]),
    ),
  // Another digit in an id, or another letter in a name, is the answer about another plugin.
  fc
    .tuple(place, fc.integer({ min: 0x80, max: 0xff }))
    .map(([share, byte]) =>
      changed(`${byte.toString(16)} in place of a byte`, share, (bytes, at) => [
        bytes.subarray(0, at),
        Buffer.of(byte),
        bytes.subarray(at + 1),
      ]),
    ),
  fc
    .tuple(place, fc.constantFrom(...hostileJson))
    .map(([share, [detail, json]]) => otherValue(detail, share, json)),
  fc.json({ maxDepth: 3 }).map((text) => ({
    detail: `${text.slice(0, 60)} as the body`,
    strike: sends((answer) => answerBytes(withBody(answer, text))),
  })),
)

/** Such a fault of any answer of this install. */
export function randomFault(story: 'succeeds' | 'fails'): fc.Arbitrary<RandomFault> {
  const roles = story === 'succeeds' ? forward : [...forward, ...back]
  return fc
    .tuple(fc.constantFrom(...roles), struck)
    .map(([role, { detail, strike }]) => ({ role, detail, strike, patience: PATIENCE_MS }))
}

const forward = targets.filter(({ story }) => story === 'succeeds').map(({ role }) => role)
const back = targets.filter(({ story }) => story === 'fails').map(({ role }) => role)

/**
 * The same answer in pieces, as a network may deliver it: nothing may come of it.
 *
 * @param shares where it is split
 */
export function inPieces(shares: readonly number[]): Strike {
  return async (socket, answer) => {
    const bytes = answerBytes(answer)
    const places = shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b)
    let from = 0
    for (const at of [...places, bytes.length]) {
      await new Promise((sent) => socket.write(bytes.subarray(from, at), sent))
      await new Promise((next) => setImmediate(next))
      from = at
    }
  }
}

function resets(share: number): Strike {
  return (socket, answer) => sendsAndResets(socket, partOf(answer, share))
}

function partOf(answer: WireAnswer, share: number): Buffer {
  const bytes = answerBytes(answer)
  return bytes.subarray(0, Math.floor(share * bytes.length))
}

function shown(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
