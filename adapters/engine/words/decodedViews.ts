/** The decoded bytes of a text, one a character, and where in the source each of them is written. */
export interface View {
  text: string
  from(at: number): number
  to(at: number): number
}

/** An encoding may stand in another one. */
const DEPTH = 2
/** Stands between what is decoded apart from each other; it is no byte. */
const GAP = 0xffff

/**
 * Yields a text as it is, and as what it says where it is decoded: addresses, JSON and the quotes of Go,
 * HTML, and base64 in both alphabets from each of its letters on. Decoding finds a secret however little
 * of it was escaped, which a list of spellings does not. Each view takes time and room of the length
 * of the text.
 *
 * @param shortest in bytes: what is shorter when decoded from base64 is not looked at
 */
export function* decodedViews(source: string, shortest: number): Generator<View> {
  yield* viewsOf(bytesOf(source), shortest, DEPTH)
}

function* viewsOf(view: View, shortest: number, depth: number): Generator<View> {
  yield view
  if (depth === 0) return
  for (const { pattern, decode } of ESCAPES) {
    const decoded = unescaped(view, pattern, decode)
    if (decoded) yield* viewsOf(decoded, shortest, depth - 1)
  }
  for (const decoded of fromBase64(view, shortest)) yield* viewsOf(decoded, shortest, depth - 1)
}

/** A text as bytes; a lone half of a character is what it is encoded to. */
function bytesOf(source: string): View {
  if (/^[\0-\x7f]*$/.test(source)) return { text: source, from: (at) => at, to: (at) => at + 1 }
  const written = new Writer(source.length * 3)
  let at = 0
  for (const character of source) {
    const end = at + character.length
    const code = character.charCodeAt(0)
    if (code < 0x80) written.add(code, at, end)
    else for (const byte of utf8(character)) written.add(byte, at, end)
    at = end
  }
  return written.view()
}

interface Escape {
  pattern: RegExp
  /** The bytes that stand for `match`. */
  decode(match: RegExpMatchArray): Iterable<number>
}

const LETTERS: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const ESCAPES: readonly Escape[] = [
  {
    pattern: /%([0-9a-f]{2})/gi,
    decode: ([, hex = '']) => [Number.parseInt(hex, 16)],
  },
  {
    pattern:
      /\\(?:u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|x([\da-fA-F]{2})|(["'\\/abfnrtv]))/g,
    decode([, high, low, unit, point, byte, letter = '']) {
      if (high && low) return utf8(String.fromCharCode(...[high, low].map(fromHex)))
      if (byte) return [fromHex(byte)]
      const code = unit ?? point
      return code ? utf8OfPoint(fromHex(code)) : [LETTERS[letter] ?? letter.charCodeAt(0)]
    },
  },
  {
    pattern: /&(?:#(\d{1,8})|#x([0-9a-f]{1,8})|(amp|lt|gt|quot|apos));/gi,
    decode([, decimal, hex = '', name = '']) {
      if (name) return utf8(NAMED[name.toLowerCase()] as string)
      return utf8OfPoint(decimal ? Number(decimal) : fromHex(hex))
    },
  },
]

function unescaped({ text, from, to }: View, pattern: RegExp, decode: Escape['decode']) {
  let written: Writer | undefined
  let copied = 0
  const copyTo = (end: number) => {
    for (; copied < end; copied++) {
      written?.add(text.charCodeAt(copied), from(copied), to(copied))
    }
  }
  for (const match of text.matchAll(pattern)) {
    written ??= new Writer(text.length)
    const end = match.index + match[0].length
    copyTo(match.index)
    for (const byte of decode(match)) written.add(byte, from(match.index), to(end - 1))
    copied = end
  }
  copyTo(text.length)
  return written?.view()
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const SEXTETS = new Uint8Array(128)
for (const [index, letter] of [...ALPHABET, '-', '_'].entries()) {
  SEXTETS[letter.charCodeAt(0)] = index < 64 ? index : index - 2
}

/** Four letters are three bytes, and a secret may begin in the middle of a longer base64. */
function* fromBase64({ text, from, to }: View, shortest: number): Generator<View> {
  const letters = Math.ceil((shortest * 8) / 6)
  const runs = [...text.matchAll(new RegExp(`[\\w+/-]{${letters},}`, 'g'))]
  if (runs.length === 0) return
  for (const skipped of [0, 1, 2, 3]) {
    const written = new Writer(text.length)
    for (const { index, 0: run } of runs) {
      let bits = 0
      let count = 0
      for (let at = index + skipped; at < index + run.length; at++) {
        bits = ((bits << 6) | (SEXTETS[text.charCodeAt(at)] as number)) & 0x3fff
        count += 6
        if (count < 8) continue
        count -= 8
        // The first bits of the byte are in the letter before.
        written.add((bits >> count) & 0xff, from(at - 1), to(at))
      }
      const last = index + run.length - 1
      written.add(GAP, from(last), to(last))
    }
    yield written.view()
  }
}

/** Decoded text is never longer than its source. */
class Writer {
  readonly #codes: Uint16Array
  readonly #from: Uint32Array
  readonly #to: Uint32Array
  #length = 0

  constructor(most: number) {
    this.#codes = new Uint16Array(most)
    this.#from = new Uint32Array(most)
    this.#to = new Uint32Array(most)
  }

  add(code: number, from: number, to: number): void {
    this.#codes[this.#length] = code
    this.#from[this.#length] = from
    this.#to[this.#length] = to
    this.#length++
  }

  view(): View {
    const [from, to] = [this.#from, this.#to]
    return {
      text: binary(this.#codes.subarray(0, this.#length)),
      from: (at) => from[at] as number,
      to: (at) => to[at] as number,
    }
  }
}

/** The bytes of a text, one a character. */
export function binaryOf(text: string): string {
  return binary(utf8(text))
}

function binary(codes: Uint8Array | Uint16Array): string {
  let text = ''
  for (let at = 0; at < codes.length; at += 4_096) {
    text += String.fromCharCode(...codes.subarray(at, at + 4_096))
  }
  return text
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function utf8OfPoint(point: number): Uint8Array {
  return utf8(point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd')
}

function fromHex(digits: string): number {
  return Number.parseInt(digits, 16)
}
