import type { PluginEngine } from '../../machines/engine.ts'
import type { Engine } from '../../src/flow/types.ts'

export type Moment = 'before' | 'during' | 'after'

/**
 * An engine for a process that dies at a given call: from then on nothing is sent and nothing comes
 * back, and what was under way is cut.
 */
export function mortal(engine: Engine, call: number, moment: Moment, onDeath: () => void): Engine {
  let calls = 0
  let dead = false
  const die = () => {
    dead = true
    onDeath()
  }
  const wrap = (operation: (...args: unknown[]) => Promise<unknown>) => {
    return async (...args: unknown[]) => {
      const fatal = ++calls === call
      if (fatal && moment === 'before') die()
      if (dead) return never()
      const answer = operation(...args)
      if (fatal && moment === 'during') {
        answer.catch(() => {})
        setImmediate(() => {
          die()
          engine.close()
        })
        return never()
      }
      const value = await answer
      if (fatal) die()
      return dead ? never() : value
    }
  }
  return {
    ...engine,
    operations: (authHeader) => {
      const operations = Object.entries(engine.operations(authHeader))
      return Object.fromEntries(
        operations.map(([name, operation]) => [name, wrap(operation)]),
      ) as unknown as PluginEngine
    },
  }
}

function never(): Promise<never> {
  return new Promise(() => {})
}
