import { type Test, suite as uvuSuite } from 'uvu'
import { setLimits } from '../../src/flow/limits.ts'

// Some tests leave flows behind that never end, in a time that does not pass: they hold no place of the others.
setLimits({ flows: 100_000 })

type Handler = Parameters<Test>[1]
type Hook = Parameters<Test['before']>[0]

/** A uvu suite that cannot be left unrun. */
export function suite(name: string, build: (test: Test) => void): void {
  const test = uvuSuite(name)
  const add = (title: string, handler: Handler) => test(title, printable(handler))
  const hooks = { before: loud(test.before), after: loud(test.after) }
  build(Object.assign(add, test, hooks))
  test.run()
}

/** uvu keeps to itself what a hook threw. */
function loud(hook: Test['before']): Test['before'] {
  const telling = (add: (handler: Hook) => void) => (handler: Hook) =>
    add(async (context) => {
      try {
        await handler(context)
      } catch (error) {
        console.error('a hook threw:', error)
        throw error
      }
    })
  return Object.assign(telling(hook), { each: telling(hook.each) })
}

/** uvu takes `error.details` for a text of its own, and stops at one that is not a text. */
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
