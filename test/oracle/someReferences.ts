import fc from 'fast-check'

/** The parts that references are made of. */
const GOOD = [
  ...['a', '0', '5000', 'a.b', 'a_b', 'a__b', 'a-b', 'a--b', 'localhost', 'docker.io', 'h.io'],
  ...['index.docker.io', 'library', 'xn--n3h.com', '127.0.0.1'],
]
/** Parts that look like them, or are good in one place only. */
const ODD = [
  ...['A', 'HOST', 'a___b', 'a..b', '.a', 'a.', '-a', 'a-', '_a', '[::1]', '[::1', 'ü', ' ', ''],
  ...['a b', 'http:', 'f'.repeat(64), 'p'.repeat(129)],
]
const GOOD_DIGESTS = [
  `sha256:${'a'.repeat(64)}`,
  `sha384:${'c'.repeat(96)}`,
  `sha512:${'b'.repeat(128)}`,
]
const ODD_DIGESTS = [
  `sha256:${'A'.repeat(64)}`,
  `sha256:${'a'.repeat(63)}`,
  `md5:${'a'.repeat(32)}`,
  'sha256:abc',
  'a',
  '',
]

const mostly = (good: readonly string[], odd: readonly string[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  )
const piece = mostly(GOOD, ODD)
const port = mostly(['', ':5000'], [':', ':x', ':99999'])
const digest = mostly(GOOD_DIGESTS, ODD_DIGESTS)
const reference = fc
  .tuple(
    fc.option(
      fc.tuple(piece, port).map((parts) => parts.join('')),
      { nil: undefined },
    ),
    fc.array(piece, { minLength: 1, maxLength: 3 }),
    fc.option(piece, { nil: undefined }),
    fc.option(digest, { nil: undefined, freq: 1 }),
  )
  .map(([host, path, tag, digest]) => {
    const name = [...(host === undefined ? [] : [host]), ...path].join('/')
    return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
  })

/** Different references, good and bad ones; always the same for a seed. */
export function someReferences(count: number, seed: number): string[] {
  return [...new Set(fc.sample(reference, { numRuns: count * 4, seed }))].slice(0, count)
}
