import { randomUUID } from 'node:crypto'
import type { QuestionStore } from '../../../adapters/queue/store.ts'
import { defined } from '../../../machines/defined.ts'
import { EngineError } from '../../../machines/errors.ts'
import { onAbort } from '../../../machines/onAbort.ts'
import { quoted } from '../../../machines/text.ts'
import type { Time } from '../../flow/retry/time.ts'
import { wallTime } from '../localRunner.ts'
import type { Ask, Question } from '../questions.ts'
import { endWith } from './inTime.ts'
import { readAnswer, type StoredAnswer } from './storedAnswer.ts'

const LOOK_MS = 100
/** A question is kept no longer, also where the process that has asked it dies. */
const KEPT_MS = 10 * 60_000
/** Milliseconds that an answer may take by itself. */
const DEADLINE_MS = { secrets: 0, content: 120_000, plugin: 50_000 }

interface AskOptions {
  /** Milliseconds in which the workers of a zone take up a question, beside those that its answer may take by itself. */
  answerTime: number
  onProblem(error: unknown): void
  time?: Time
}

/**
 * Has questions answered by workers of zones. A question waits for its turn as long as its zone answers others; where there is no answer
 * from the zone, it waits no longer than one answer may take.
 */
export function askWorkers(
  store: QuestionStore,
  { answerTime, onProblem, time = wallTime }: AskOptions,
): { ask: Ask; close(): Promise<void> } {
  const waiting = new Map<string, { take(answer: string): void; fail(error: Error): void }>()
  const asking = new Set<Promise<unknown>>()
  /** When each zone has answered last. */
  const heard = new Map<string | undefined, number>()
  /** Zones that have not answered in time, and not since: a rollout may have a thousand questions to one. */
  const silent = new Set<string | undefined>()
  let isLooking = false

  const look = async () => {
    if (waiting.size === 0) return
    const found = await store.answers([...waiting.keys()])
    for (const { id, answer } of found) {
      try {
        waiting.get(id)?.take(answer)
      } catch (error) {
        // Its question goes on waiting, and holds up no other.
        onProblem(error)
      }
    }
  }
  const lookAgain = () => {
    if (isLooking || waiting.size === 0) return
    isLooking = true
    time.setTimeout(() => {
      void look()
        .catch(onProblem)
        .then(() => {
          isLooking = false
          lookAgain()
        })
    }, LOOK_MS)
  }
  const answered = (
    id: string,
    zone: string | undefined,
    question: Question,
    signal: AbortSignal | undefined,
  ) =>
    new Promise<unknown>((resolve, reject) => {
      const asked = time.now()
      let timer: unknown
      const end = () => {
        waiting.delete(id)
        time.clearTimeout(timer)
        release()
      }
      const fail = (error: Error) => {
        end()
        reject(error)
      }
      const release = signal ? onAbort(signal, () => fail(cancelled())) : () => {}
      const check = () => {
        const patience = answerTime + (silent.has(zone) ? 0 : deadlineOf(question))
        const until = Math.min(asked + KEPT_MS, Math.max(asked, heard.get(zone) ?? 0) + patience)
        const left = until - time.now()
        if (left > 0) {
          timer = time.setTimeout(check, left)
          return
        }
        silent.add(zone)
        fail(unanswered(zone, time.now() - asked))
      }
      check()
      waiting.set(id, {
        fail,
        take(stored) {
          const answer = readAnswer(stored, question)
          end()
          heard.set(zone, time.now())
          silent.delete(zone)
          if ('value' in answer) resolve(answer.value)
          else reject(failed(answer, zone, question))
        },
      })
      store.ask(id, zone, JSON.stringify(question), KEPT_MS).catch(fail)
      lookAgain()
    })
  const ask = async (zone: string | undefined, question: Question, signal?: AbortSignal) => {
    if (signal?.aborted) throw cancelled()
    const id = randomUUID()
    try {
      return await answered(id, zone, question, signal)
    } finally {
      await endWith(() => store.forget(id))
    }
  }
  return {
    ask(zone, question, signal) {
      const asked = ask(zone, question, signal)
      asking.add(asked)
      void asked.catch(() => {}).then(() => asking.delete(asked))
      return asked as Promise<never>
    },
    async close() {
      for (const { fail } of waiting.values()) fail(cancelled())
      await Promise.allSettled(asking)
    },
  }
}

/** The failure that a worker answered with: about its machine, whatever its code, and not about what the caller gave. */
export class WorkerError extends EngineError {}

function cancelled(): EngineError {
  return new EngineError('cancelled', 'the question was cancelled')
}

function deadlineOf(question: Question): number {
  return question.about === 'target' ? question.request.deadline : DEADLINE_MS[question.about]
}

function unanswered(zone: string | undefined, ms: number): EngineError {
  const workers =
    zone === undefined ? 'worker without a zone' : `worker of the zone ${quoted(zone)}`
  return new EngineError(
    'engine-unreachable',
    `no ${workers} has answered within ${Math.round(ms / 100) / 10} s: start one with ${commandOf(zone)}`,
  )
}

function failed(
  { worker, failure }: Extract<StoredAnswer, { failure: unknown }>,
  zone: string | undefined,
  { about }: Question,
): WorkerError {
  const { code, message, next } = failure
  const place = zone === undefined ? '' : ` of the zone ${quoted(zone)}`
  const remedy = about === 'secrets' ? `; provide it there, and start ${commandOf(zone)} again` : ''
  const words = `worker ${quoted(worker)}${place}: ${message}${remedy}`
  return new WorkerError(code, words, defined({ next }))
}

function commandOf(zone: string | undefined): string {
  return zone === undefined ? 'plugin-flow worker' : `plugin-flow worker --zone ${quoted(zone)}`
}
