import { base64 } from './base64.ts'

/** Shorter ones cannot be told from ordinary words. */
export const SHORTEST_SECRET = 4

/** How a secret may stand in what quotes it: as it is, in JSON, in an address, in base64. */
export function secretForms(secret: string): string[] {
  const json = inJson(secret)
  // As Go writes JSON.
  const asInGo = json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)
  // As a message of one line holds it.
  const line = secret.replace(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ').trim()
  const texts = [...new Set([secret, json, asInGo, inJson(json), line])]
  return texts
    .flatMap((text) => {
      const bytes = new TextEncoder().encode(text)
      return [text, encodeURIComponent(wellFormed(bytes)), ...inBase64(bytes)]
    })
    .filter(({ length }) => length >= SHORTEST_SECRET)
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/**
 * Whole without padding, and as it stands in something longer: three ways, by how many bytes are before
 * it, without the letters that it shares with its neighbours. In both alphabets.
 */
function inBase64(bytes: Uint8Array): string[] {
  const shifted = [0, 1, 2].map((before) => {
    const all = base64(shiftedBy(before, bytes))
    return all.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
  })
  const whole = base64(bytes).replace(/=+$/, '')
  return [whole, ...shifted].flatMap((each) => [
    each,
    each.replaceAll('+', '-').replaceAll('/', '_'),
  ])
}

function shiftedBy(before: number, bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(before + bytes.length)
  all.set(bytes, before)
  return all
}

/** A lone half of a character stands there as what it was encoded to. */
function wellFormed(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

/** Finds any of them; where one is the beginning of another, the longer. `undefined`: there are none. */
export function anyOf(forms: readonly string[]): RegExp | undefined {
  const longestFirst = [...new Set(forms)].sort((one, other) => other.length - one.length)
  const escaped = longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  return escaped.length === 0 ? undefined : new RegExp(escaped.join('|'), 'g')
}
