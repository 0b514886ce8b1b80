import * as assert from 'uvu/assert'
import { parseConsentPolicy } from '../../../../src/flow/consent/consentPolicyFile.ts'
import { answer, asking } from '../../../support/consentRequests.ts'
import { suite } from '../../../support/suite.ts'

const digest = `sha256:${'a'.repeat(64)}`
const policy = parseConsentPolicy(
  JSON.stringify({
    version: 1,
    rules: [
      { reference: 'acme/*:latest', allow: ['network:host'] },
      { reference: 'docker.io/acme/probe:*', allow: ['mount:/tmp'] },
      { digest, allow: ['device:/dev/null'] },
    ],
  }),
)

suite('parseConsentPolicy', (test) => {
  test('privileges that the rules for a request allow together are granted', () => {
    const both = asking({ network: ['host'], mount: ['/tmp'] })
    assert.is(answer(policy, both), 'granted')
    assert.is(answer(policy, { ...both, reference: 'acme/other' }), 'not allowed: mount:/tmp')
    const three = asking({ network: ['host'], device: ['/dev/null'] })
    assert.is(answer(policy, three), 'not allowed: device:/dev/null')
    assert.is(answer(policy, { ...three, digest }), 'granted')
  })

  test('a byte order mark before it is passed over', () => {
    const marked = parseConsentPolicy('\ufeff{"version":1,"rules":[]}')
    assert.is(answer(marked, asking({})), 'the policy has no rule for acme/probe')
  })

  test('a reference without a rule is denied', () => {
    const other = asking({ network: ['host'] }, [], { reference: 'evil/probe' })
    assert.is(answer(policy, other), 'the policy has no rule for evil/probe')
    assert.match(answer(policy, { ...other, reference: 'acme/probe:2@sha256:bad' }), 'no rule')
    assert.match(answer(policy, { ...other, reference: `x.io/acme/probe@${digest}` }), 'no rule')
  })

  test('what is wrong with it is named, and where', () => {
    const rows: [text: string, words: string][] = [
      ['{', 'no JSON'],
      ['[]', 'not { "version": 1'],
      ['{"version":2,"rules":[]}', 'not { "version": 1'],
      ['{"version":1}', 'not { "version": 1'],
      ['{"version":1,"rules":[1]}', 'rule 1 of the policy is no object'],
      ['{"version":1,"rules":[{"allow":[]}]}', 'either a "reference" or a "digest"'],
      ['{"version":1,"rules":[{"reference":"a","digest":"b","allow":[]}]}', 'either'],
      ['{"version":1,"rules":[{"reference":1,"digest":"b","allow":[]}]}', 'either'],
      ['{"version":1,"rules":[{"reference":"a","digest":null,"allow":[]}]}', 'either'],
      ['{"version":1,"rules":[{"reference":"a"}]}', 'needs "allow"'],
      ['{"version":1,"rules":[{"reference":"a","allow":[1]}]}', 'needs "allow"'],
      ['{"version":1,"rules":[{"reference":"a","allow":["x"]}]}', 'rule 1 of the policy: "x"'],
      ['{"version":1,"rules":[{"reference":"a","alow":[]}]}', 'unknown field "alow"'],
      ['{"version":1,"rules":[{"reference":"a","replace":true}]}', 'needs "allow"'],
      ['{"version":1,"rules":[{"reference":"a","allow":[],"replace":1}]}', '"replace" is true or'],
      ['{"version":1,"deny":["mount:/etc"],"rules":[]}', 'the policy has an unknown field "deny"'],
      ['{"version":1,"rules":[],"__proto__":{}}', 'the policy has an unknown field "__proto__"'],
      ['{"version":1,"rules":[],"constructor":1}', 'the policy has an unknown field "constructor"'],
      ['{"version":2,"version":1,"rules":[]}', 'the field "version" twice'],
      ['{"version":1,"rules":[],"r\\u0075les":[]}', 'the field "rules" twice'],
      [
        '{"version":1,"rules":[{"reference":"a","allow":[]},{"reference":"b","allow":[],"allow":["mount:/"]}]}',
        'the field "allow" twice',
      ],
      [
        '{"version":1,"rules":[{"reference":"a","allow":[],"__proto__":{"deny":[]}}]}',
        'rule 1 of the policy has an unknown field "__proto__"',
      ],
    ]
    for (const [text, words] of rows) {
      try {
        parseConsentPolicy(text)
        assert.unreachable(text)
      } catch (error) {
        assert.instance(error, RangeError)
        assert.match((error as Error).message, words)
      }
    }
  })
})
