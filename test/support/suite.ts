import { type Test, suite as uvuSuite } from 'uvu'

/** A uvu suite that cannot be left unrun. */
export function suite(name: string, build: (test: Test) => void): void {
  const test = uvuSuite(name)
  build(test)
  test.run()
}
