import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { oneLine } from '../../../../machines/text.ts'
import { withoutValues } from '../../../../src/flow/secrets/withoutValues.ts'
import { suite } from '../../../support/suite.ts'

function cleaner(values: Record<string, string>) {
  return withoutValues(new Map(Object.entries(values)))
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

suite('withoutValues', (test) => {
  const secret = 's3cr"t <ü>&\\é/1'
  const { words: whole, cut } = cleaner({ TOKEN: secret })
  const quoted: [name: string, words: string][] = [
    ['as it is', secret],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in JSON as Go writes it', 's3cr\\"t \\u003cü\\u003e\\u0026\\\\é/1'],
    ['in an address', encodeURIComponent(secret)],
    ['in base64', base64(secret)],
    ['in base64url', Buffer.from(secret).toString('base64url')],
    ['with its name in base64', base64(`TOKEN=${secret}`)],
  ]
  for (const [name, words] of quoted) {
    test(`${name} :: is taken out`, () => {
      assert.match(whole(`a ${words} b, ${words}`), /^a [\w+/]{0,8}…[\w+/]{0,2}=* b, /)
      assert.match(cut(`a ${words} b`), /^a [\w+/]{0,8}…[\w+/]{0,2}=* b$/)
    })
  }

  test('text without a secret value is left as it is', () => {
    for (const words of ['', 'plugin vieux/sshfs:latest is enabled', 's3c']) {
      assert.is(whole(words), words)
      assert.is(cut(words), words)
    }
  })

  test('several lines :: as one line, and each long one by itself', () => {
    const pem = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nAb==\n-----END KEY-----'
    const clean = cleaner({ KEY: pem })
    assert.is(clean.words(`bad: ${oneLine(pem)}!`), 'bad: …!')
    assert.is(clean.words('line 2 is MIIEvQIBADANBg'), 'line 2 is …')
  })

  test('one that is the beginning of another :: both are taken out whole', () => {
    const clean = cleaner({ A: 'secret', B: 'secret-and-more' })
    assert.is(clean.words('secret-and-more, secret'), '…, …')
  })

  test('a short one :: is taken out with its name, and words are left', () => {
    const clean = cleaner({ PIN: '12', NONE: '' })
    assert.is(
      clean.words('invalid setting "PIN=12" in 12 lines'),
      'invalid setting "…" in 12 lines',
    )
  })

  test('words that were cut in the middle of it', () => {
    const long = 'x'.repeat(290)
    for (let length = 4; length < secret.length; length++) {
      const words = `${long} ${secret.slice(0, length)}`
      assert.is(cut(words), `${long} …`, words)
      assert.is(cut(`${words}…`), `${long} …`, words)
    }
  })

  test('of any text nothing is left, in whatever is written around it', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 40 })
    let looked = 0
    fc.assert(
      fc.property(text, fc.string(), fc.string(), (value, before, after) => {
        // In words that hold no part of it by themselves.
        fc.pre(!`${before}…${after}`.includes(value))
        const { words: whole } = cleaner({ A: value })
        for (const form of [value, JSON.stringify(value), encodeURIComponent(value)]) {
          assert.not.ok(whole(`${before}${form}${after}`).includes(value), value)
          looked++
        }
      }),
    )
    assert.ok(looked > 200, `${looked} looked at`)
  })
})
