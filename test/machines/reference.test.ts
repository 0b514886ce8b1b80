import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import {
  canonicalName,
  familiar,
  familiarName,
  isDigest,
  isPulledFrom,
  localName,
  type PluginNames,
  type PluginReference,
  parseReference,
  resolveNames,
} from '../../machines/reference.ts'
import { suite } from '../support/suite.ts'

/** The result of Docker's own command (28.2.2) for each: the remote it asked for, `null` for a refusal. */
const compared = JSON.parse(
  readFileSync(join(import.meta.dirname, '../recordings/references.json'), 'utf8'),
) as [reference: string, remote: string | null][]

function parsed(text: string): PluginReference {
  const reference = parseReference(text)
  if (typeof reference === 'string') throw new Error(reference)
  return reference
}

suite('reference', (test) => {
  test(`${compared.length} references :: read as Docker's own command reads them`, () => {
    assert.ok(compared.filter(([, remote]) => remote !== null).length > 40)
    for (const [text, remote] of compared) {
      const reference = parseReference(text)
      assert.is(typeof reference === 'string' ? null : canonicalName(reference), remote, text)
    }
  })

  test('a refusal says what is wrong', () => {
    const said: [string, string][] = [
      ['', 'names no repository'],
      ['Acme/Probe', 'lower case'],
      ['Probe', 'lower case'],
      ['acme/probe:', 'not a tag'],
      ['acme/probe@sha256:abc', 'not a digest'],
      ['a@b@c', 'more than one @'],
      ['f'.repeat(64), 'it is 64 hexadecimal digits, which is an id'],
      ['a..b/c', 'not a registry host'],
      ['acme/_probe', 'not a repository name'],
      ['.probe', 'not a repository name'],
      [`acme/${'p'.repeat(250)}`, 'longer than 255'],
    ]
    for (const [text, words] of said) {
      const reason = parseReference(text)
      assert.type(reason, 'string', text)
      assert.match(String(reason), words)
    }
  })

  test('as long as it may be :: is read, and one character more is refused', () => {
    const name = (length: number) => `example.org/${'p'.repeat(length - 'example.org/'.length)}`
    assert.is(familiar(name(255)), `${name(255)}:latest`)
    assert.match(String(parseReference(name(256))), 'longer than 255')
    assert.is(parsed(`probe:${'t'.repeat(128)}`).tag, 't'.repeat(128))
    assert.match(String(parseReference(`probe:${'t'.repeat(129)}`)), 'not a tag')
  })

  test('a digest :: of one of three algorithms, and of its length', () => {
    const digits = '0123456789abcdefABCDEF'.repeat(6)
    for (const [algorithm, length] of [
      ['sha256', 64],
      ['sha384', 96],
      ['sha512', 128],
    ] as const) {
      const of = (more: number) => `${algorithm}:${digits.slice(0, length + more)}`
      assert.equal([of(-1), of(0), of(1)].map(isDigest), [false, true, false], algorithm)
      assert.not(isDigest(`${of(-1)}g`))
    }
    assert.not(isDigest(`sha1:${digits.slice(0, 40)}`))
  })

  test('isPulledFrom :: two that are invalid are not the same', () => {
    assert.not(isPulledFrom({ PluginReference: '' }, 'A B'))
    assert.ok(isPulledFrom({ PluginReference: 'acme/probe' }, 'docker.io/acme/probe:latest'))
  })

  test('familiar :: as people write it, and one that is invalid as it is', () => {
    assert.is(familiar('docker.io/library/a:1'), 'a:1')
    assert.is(familiar('A B'), 'A B')
  })

  test('one of megabytes :: is refused, and not matched part by part', () => {
    for (const text of [
      'a/'.repeat(4_000_000),
      `${'a.'.repeat(4_000_000)}b/c`,
      `${'a-'.repeat(4_000_000)}b`,
    ]) {
      assert.is(parseReference(`${text}x`), 'its name is longer than 255 characters')
    }
    assert.match(String(parseReference(`x@${'a.'.repeat(1_000_000)}b:00`)), 'is not a digest')
  })

  test('names :: familiar, canonical and local', () => {
    const digest = `sha256:${'a'.repeat(64)}`
    const rows: [text: string, familiar: string, local: string][] = [
      ['sshfs', 'sshfs:latest', 'sshfs:latest'],
      ['docker.io/library/a:1', 'a:1', 'a:1'],
      ['docker.io/vieux/sshfs', 'vieux/sshfs:latest', 'vieux/sshfs:latest'],
      ['index.docker.io/library/a/b', 'library/a/b:latest', 'library/a/b:latest'],
      [
        '127.0.0.1:5055/acme/probe:1.0',
        '127.0.0.1:5055/acme/probe:1.0',
        '127.0.0.1:5055/acme/probe:1.0',
      ],
      [`a@${digest}`, `a@${digest}`, 'a:latest'],
      [`a:1@${digest}`, `a:1@${digest}`, 'a:1'],
    ]
    for (const [text, familiar, local] of rows) {
      assert.is(familiarName(parsed(text)), familiar)
      assert.is(localName(parsed(text)), local)
    }
  })

  test('resolveNames :: alias, default tag, digest', () => {
    const pinned = `sha256:${'a'.repeat(64)}`
    const rows: [reference: string, alias: string | undefined, names: PluginNames][] = [
      [
        'acme/probe:1.0',
        'docker.io/library/mine',
        { remote: 'docker.io/acme/probe:1.0', name: 'mine:latest', registry: 'docker.io' },
      ],
      [
        'example.org:5000/probe',
        undefined,
        {
          remote: 'example.org:5000/probe:latest',
          name: 'example.org:5000/probe:latest',
          registry: 'example.org:5000',
        },
      ],
      [
        `acme/probe@${pinned}`,
        undefined,
        {
          remote: `docker.io/acme/probe@${pinned}`,
          name: 'acme/probe:latest',
          registry: 'docker.io',
        },
      ],
    ]
    for (const [reference, alias, names] of rows) {
      assert.equal(resolveNames({ reference, ...(alias && { alias }) }), names)
    }
  })
})
