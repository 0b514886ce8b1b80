import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { cleanerOf } from '../../../../adapters/engine/words/withoutSecrets.ts'
import { withoutValues } from '../../../../src/flow/secrets/withoutValues.ts'
import { processorMs } from '../../../support/processorMs.ts'
import { suite } from '../../../support/suite.ts'

/** How an engine, a registry or a proxy may write a text; `chosen` tells which signs it escapes. */
type Encode = (text: string, chosen: (index: number) => boolean) => string

const hexOf = (byte: number) => byte.toString(16).padStart(2, '0')
const utf8 = (text: string) => [...Buffer.from(text)]

/** As Go's net/url does, whose sets of letters differ by the place. */
function percent(kept: RegExp, write: (byte: number) => string = upper): Encode {
  return (text, chosen) =>
    utf8(text)
      .map((byte, index) => {
        const sign = String.fromCharCode(byte)
        return kept.test(sign) && !chosen(index) ? sign : write(byte)
      })
      .join('')
}
const upper = (byte: number) => `%${hexOf(byte).toUpperCase()}`
const lower = (byte: number) => `%${hexOf(byte)}`
const plus = (write: (byte: number) => string) => (byte: number) =>
  byte === 32 ? '+' : write(byte)

const inAscii = (text: string) =>
  text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')

const encoders: Record<string, Encode> = {
  QueryEscape: percent(/[\w.~-]/, plus(upper)),
  'QueryEscape in small letters': percent(/[\w.~-]/, plus(lower)),
  PathEscape: percent(/[\w.~$&+=:@-]/),
  'userinfo escape': percent(/[\w.~$&+,;=-]/),
  "JSON of Go's": (text, chosen) =>
    [...JSON.stringify(text).slice(1, -1)]
      .map((sign, index) =>
        /[<>&\u2028\u2029]/.test(sign) || (sign > '\x7f' && chosen(index)) ? inAscii(sign) : sign,
      )
      .join(''),
  "JSON of PHP's": (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  'JSON in ASCII': inAscii,
  "HTML of Go's": (text) =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll("'", '&#39;')
      .replaceAll('"', '&#34;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;'),
  'HTML in numbers': (text, chosen) =>
    [...text]
      .map((sign, index) =>
        /[&<>'"]/.test(sign) || chosen(index) ? `&#x${sign.codePointAt(0)?.toString(16)};` : sign,
      )
      .join(''),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
}

const names = Object.keys(encoders)
const secrets = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...' +%&/\\"\'<>=!()é€😀\n'),
      fc.string({ minLength: 1, maxLength: 1 }),
    ),
    minLength: 6,
    maxLength: 30,
  })
  .filter((text) => text.trim().length >= 6 && /[^\s+]{3}/.test(text))

/** Nothing but the padding of base64, which may be encoded itself. */
const LEFT = /^\(…(?:=|%3[dD]|\\u003d|&#x3d;)*(?:\w{1,4}=*)?\)$/

suite('a secret in other spellings', (test) => {
  for (const inner of ['as it is', ...names]) {
    test(`${inner}, and that in each other`, () => {
      fc.assert(
        fc.property(secrets, fc.infiniteStream(fc.boolean()), (secret, choices) => {
          const chosen = () => choices.next().value === true
          const once = encoders[inner]?.(secret, chosen) ?? secret
          const { words } = cleanerOf([], [secret])
          const { cut } = withoutValues(new Map([['A', secret]]))
          for (const form of [once, ...names.map((name) => encoders[name]?.(once, chosen) ?? '')]) {
            assert.match(words(`(${form})`), LEFT, form)
            assert.match(cut(`(${form})`), LEFT, form)
          }
        }),
        { numRuns: 60 },
      )
    })
  }

  test('at every place in a longer text that is base64', () => {
    const { words } = cleanerOf([], ['hunter two! (2026)'])
    for (const before of ['', 'u', 'us', 'use', 'user:']) {
      for (const alphabet of ['base64', 'base64url'] as const) {
        const once = Buffer.from(`${before}hunter two! (2026)${before}`).toString(alphabet)
        const twice = Buffer.from(`${before}${once}${before}`).toString(alphabet)
        for (const [form, most] of [
          [once, 8],
          [twice, 20],
        ] as const) {
          assert.match(
            words(`<${form}>`),
            new RegExp(`^<[\\w/+-]{0,${most}}…[\\w/+-]{0,${most}}=*>$`),
          )
        }
      }
    }
  })

  test('in a pair of escapes, at the edges of the parts that a long text is looked at in', () => {
    const { words } = cleanerOf([], ['hunter two! (2026)'])
    for (const length of [65_530, 65_536, 131_060]) {
      const text = `${'. '.repeat(length / 2)}hunter+two%21+%282026%29`
      assert.is(words(text), `${'. '.repeat(length / 2)}…`)
    }
  })

  test("as bytes in Go's quotes, by its names in HTML, and beside what is no character", () => {
    const { words } = cleanerOf([], ['hunter "two" <2026>'])
    const inBytes = 'hunter "two" <2026>'.replace(/./g, (sign) => `\\x${hexOf(sign.charCodeAt(0))}`)
    assert.is(words(`(${inBytes})`), '(…)')
    assert.is(words('(hunter &QUOT;two&quot; &lt;2026&gt;)'), '(…)')
    assert.is(words('(&#99999999;hunter &#34;two&#34; &lt;2026&gt;)'), '(&#99999999;…)')
  })

  test('text without a secret is left as it is', () => {
    const { words, data } = cleanerOf([], ['hunter two! (2026)'])
    const said =
      'Get "https://r.example/v2/?a=b+c%20d": EOF &amp; \\u0041 Digest: sha256:06cc45d1a907'
    assert.is(words(said), said)
    const value = { id: '3f4d34328a71', status: 'Downloading', progressDetail: { current: 1 } }
    assert.is(data(value), value)
  })

  test('a message that was cut in the middle of it', () => {
    const { cut } = withoutValues(new Map([['A', 'hunter two! (2026)']]))
    const form = 'hunter+two%21+%282026%29'
    for (let at = 6; at < form.length - 6; at++) {
      const end = cut(`it failed: …${form.slice(at)} is wrong`)
      assert.match(end, /^it failed: (?:…|…\d\+?)? is wrong$/, `${at} ${end}`)
      const beginning = cut(`it is ${form.slice(0, at)}`)
      assert.is(beginning, 'it is …', `${at}`)
    }
  })

  test('text made to be slow :: is not', () => {
    const { words } = cleanerOf([], ['hunter two! (2026)', 'a'.repeat(4_000)])
    const took = processorMs(() => {
      for (const trap of ['%25', '\\\\', '&amp;', 'YWFh', 'aaaa', '+', '%4', '\\u', '&#']) {
        words(trap.repeat(1_000_000 / trap.length))
      }
    })
    assert.ok(took < 10_000, `${took} ms`)
    let deep: unknown = 'hunter two! (2026)'
    for (let depth = 0; depth < 100_000; depth++) deep = [deep]
    assert.ok(cleanerOf([], ['hunter two! (2026)']).data({ aux: deep }))
  })
})
