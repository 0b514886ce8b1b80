import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { allowList, glob, LONGEST } from '../../../../src/flow/consent/allowList.ts'
import { parseConsentPolicy } from '../../../../src/flow/consent/consentPolicyFile.ts'
import { answer, asking } from '../../../support/consentRequests.ts'
import { suite } from '../../../support/suite.ts'

suite('glob', (test) => {
  test('says what a regular expression says, where that ends', () => {
    const letters = fc.constantFrom(
      '*',
      '**',
      'a',
      'b',
      '/',
      '.',
      '\n',
      '\\',
      '[',
      '+',
      '\u{1f600}',
    )
    const pattern = fc.array(letters, { maxLength: 7 }).map((parts) => parts.join(''))
    const text = fc.array(fc.constantFrom('a', 'b', '/', '.', '*', '\n', '\u{1f600}'), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(pattern, text, (stars, characters) => {
        const value = characters.join('')
        assert.is(glob(stars)(value), reference(stars).test(value), `${stars} ${value}`)
      }),
      { numRuns: 5_000 },
    )
  })

  test('a pattern is compared with names, and looked up nowhere', () => {
    const names = Object.getOwnPropertyNames(Object.prototype)
    for (const name of names) {
      assert.is(glob(name)(name), true, name)
      assert.is(glob(name)(''), false, name)
      const policy = allowList([`${name}:${name}`])
      assert.is(answer(policy, asking({ [name]: [name] })), 'granted', name)
      assert.is.not(answer(policy, asking({ [name]: ['x'] })), 'granted', name)
      const setting = { ...asking({}), settings: [{ name: 'a', field: name, widens: true }] }
      assert.match(answer(allowList([]), setting), /^not allowed: mount: .*, device: /, name)
    }
  })

  const hostile: [title: string, pattern: string, value: string][] = [
    ['one star', '*A*A*A*A*B', 'A'.repeat(300)],
    ['two stars', '**A**A**A**A**B', 'A'.repeat(300)],
    ['both', '*A**A*A**A*B', 'A'.repeat(300)],
    ['many stars', `${'*A'.repeat(200)}*B`, 'A'.repeat(LONGEST)],
    ['stars in a row', `${'*'.repeat(LONGEST - 1)}B`, 'A'.repeat(LONGEST)],
    ['segments', `${'*/'.repeat(100)}**/B`, '/'.repeat(LONGEST)],
    ['as long as can be', `${'*A'.repeat(LONGEST / 2 - 1)}*B`, 'A'.repeat(LONGEST)],
    ['a long value', '*A*A*A*A*B', 'A'.repeat(1_000_000)],
  ]
  for (const [title, pattern, value] of hostile) {
    // An expression that goes back and tries again would not end.
    test(`is decided, by a list and by a policy :: ${title}`, () => {
      const request = asking({ capabilities: [value] }, [], { reference: 'acme/probe' })
      assert.is.not(answer(allowList([`capabilities:${pattern}`]), request), 'granted')
      const rules = [{ reference: '**', allow: [`capabilities:${pattern}`] }]
      const policy = parseConsentPolicy(JSON.stringify({ version: 1, rules }))
      assert.is.not(answer(policy, request), 'granted')
    })
  }

  test('a pattern that is too long is refused by name', () => {
    const long = 'a'.repeat(LONGEST + 1)
    assert.throws(() => allowList([`mount:${long}`]), /at most 4096 characters/)
    const rules = [{ reference: long, allow: [] }]
    assert.throws(
      () => parseConsentPolicy(JSON.stringify({ version: 1, rules })),
      /rule 1 of the policy: .*at most 4096 characters/,
    )
  })
})

/** The same as a regular expression, for which some patterns and texts take years. */
function reference(pattern: string): RegExp {
  const source = pattern.replace(/\*\*|\*|[\\^$.+?()[\]{}|]/g, (part) => {
    if (part === '**') return '.*'
    return part === '*' ? '[^/]*' : `\\${part}`
  })
  return new RegExp(`^${source}$`, 's')
}
