import * as assert from 'uvu/assert'
import { catalogue } from '../../machines/catalogue.ts'
import { suite } from '../support/suite.ts'

/** Trying the same again can help: what failed passes, or a new look at the plugin is all it takes. */
const RETRYABLE = [
  'engine-unreachable',
  'registry-unreachable',
  'privileges-changed',
  'digest-changed',
  'incomplete-layer',
  'pull-interrupted',
  'plugin-gone',
  'upgrade-under-way',
  'cancelled',
  'timed-out',
  'host-exhausted',
]

/** Something has to be changed first. */
const FINAL = [
  'invalid-reference',
  'invalid-setting',
  'invalid-option',
  'engine-not-trusted',
  'engine-access-denied',
  'engine-protocol',
  'engine-unsupported',
  'engine-failed',
  'unauthorized',
  'not-found',
  'not-a-plugin',
  'already-exists',
  'plugin-enabled',
  'in-use',
  'engine-leftover',
  'upgrade-failed',
  'consent-denied',
  'privileges-not-enforced',
  'setting-not-shown',
  'corrupt-layer',
  'pull-failed',
  'disk-full',
  'changed-by-others',
  'consent-mismatch',
  'abandoned',
  'unknown-setting',
  'setting-not-settable',
  'set-failed',
  'mount-source-missing',
  'plugin-did-not-listen',
  'enable-failed',
  'plugin-missing',
  'no-way-back',
  'only-by-replacing',
  'not-in-effect',
  'invalid-configuration',
  'host-failed',
]

suite('catalogue', (test) => {
  test('codes :: each that was published is there, and no other', () => {
    assert.equal(Object.keys(catalogue).sort(), [...RETRYABLE, ...FINAL].sort())
  })

  test('retryable :: the codes with which trying the same again can help', () => {
    const retryable = Object.entries(catalogue).filter(([, entry]) => entry.retryable)
    assert.equal(retryable.map(([code]) => code).sort(), [...RETRYABLE].sort())
  })
})
