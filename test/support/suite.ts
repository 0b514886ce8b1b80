import { type Test, suite as uvuSuite } from 'uvu'

type Handler = Parameters<Test>[1]

/** A uvu suite that cannot be left unrun. */
export function suite(name: string, build: (test: Test) => void): void {
  const test = uvuSuite(name)
  const add = (title: string, handler: Handler) => test(title, printable(handler))
  build(Object.assign(add, test))
  test.run()
}

/** uvu takes `error.details` for a text of its own, and stops at one that is none. */
function printable(handler: Handler): Handler {
  return async (context) => {
    try {
      await handler(context)
    } catch (error) {
      const printed = error instanceof Error && typeof Object(error).details === 'object'
      throw printed ? new Error(`${error.name}: ${error.message}`, { cause: error }) : error
    }
  }
}
