import type { CallOptions, InputOf, OperationId, OutputOf } from '../../machines/engine.ts'
import type { ConnectedEngine } from '../../src/flow/connect.ts'

export type Moment = 'before' | 'during' | 'after'

/**
 * An engine for a process that dies at a given call: from then on nothing is sent and nothing comes
 * back, and what was under way is cut.
 */
export function mortal(
  engine: ConnectedEngine,
  call: number,
  moment: Moment,
  onDeath: () => void,
  onFatal?: (id: OperationId) => void,
): ConnectedEngine {
  let calls = 0
  let dead = false
  const die = () => {
    dead = true
    onDeath()
  }
  return {
    ...engine,
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      const fatal = ++calls === call
      if (fatal) onFatal?.(id)
      if (fatal && moment === 'before') die()
      if (dead) return never<OutputOf<Id>>()
      const answer = engine.call(id, input, options)
      if (fatal && moment === 'during') {
        answer.catch(() => {})
        setImmediate(() => {
          die()
          engine.close()
        })
        return never<OutputOf<Id>>()
      }
      const value = await answer
      if (fatal) die()
      return dead ? never<OutputOf<Id>>() : value
    },
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => {})
}
