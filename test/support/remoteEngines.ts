import type { ChildProcess } from 'node:child_process'
import type { InputOf, OperationId } from '../../machines/engine.ts'
import { EngineError } from '../../machines/errors.ts'
import type { Engine } from '../../src/flow/types.ts'
import type { engines } from './rolloutStage.ts'

interface Call {
  sequence: number
  target: string
  id: OperationId
  input: never
}

type Answer = { sequence: number; output?: unknown; error?: EngineError }

/** Engines of the process that started this one, which it reaches by messages. */
export function remoteEngines(): (target: { id: string }) => Engine {
  const waiting = new Map<number, (answer: Answer) => void>()
  let sequence = 0
  process.on('message', (answer: Answer) => {
    waiting.get(answer.sequence)?.(answer)
    waiting.delete(answer.sequence)
  })
  return ({ id: target }) => ({
    host: target,
    call: (id, input) =>
      new Promise((resolve, reject) => {
        sequence += 1
        waiting.set(sequence, (answer) => {
          const { output, error } = answer
          if (error) reject(new EngineError(error.code, error.message, error.details))
          else resolve(output as never)
        })
        process.send?.({ sequence, target, id, input })
      }),
  })
}

/**
 * Answers the calls of a process.
 *
 * @param onCall called with each call, before it is answered
 * @param onOther called with what is no call
 */
export function answerCalls<Other>(
  fleet: ReturnType<typeof engines>,
  child: ChildProcess,
  onCall: (id: OperationId) => void,
  onOther: (message: Other) => void,
): void {
  child.on('message', (message: Call | Other) => {
    if (!('sequence' in Object(message))) return onOther(message as Other)
    const call = message as Call
    // A process that has been killed takes no answer.
    void answer(fleet, call).then((reply) => child.connected && child.send(reply, () => {}))
    onCall(call.id)
  })
}

function answer(
  fleet: ReturnType<typeof engines>,
  { sequence, target, id, input }: Call,
): Promise<Answer> {
  const { signal } = new AbortController()
  return fleet
    .connect({ id: target })
    .call(id, input as InputOf<typeof id>, { signal })
    .then(
      (output): Answer => ({ sequence, output }),
      ({ code, message, details }): Answer => ({
        sequence,
        error: { code, message, details } as EngineError,
      }),
    )
}
