import type { QuestionStore } from '../../../adapters/queue/store.ts'
import type { Question } from '../questions.ts'
import type { RunnerHandlers } from '../runner.ts'
import { factsOf } from '../targetStep.ts'
import { endWith } from './inTime.ts'
import { keepBusy } from './keepBusy.ts'
import type { StoredAnswer } from './storedAnswer.ts'

/** After this time another worker answers too. */
const LOST_MS = 60_000

/**
 * Answers the questions to workers of a zone, so many at once. They do not wait for the targets at work, which may take minutes. Returns what
 * takes no further one.
 */
export function answerQuestions(
  { worker, parallel, zone, answer }: RunnerHandlers,
  store: QuestionStore,
): () => Promise<void> {
  if (!answer) return async () => {}
  return keepBusy(
    parallel,
    () => store.take(zone, LOST_MS),
    async ({ id, question }) => {
      const answered: StoredAnswer = await answer(JSON.parse(question) as Question).then(
        (value) => ({ worker, value }),
        (error: unknown) => ({ worker, failure: factsOf(error) }),
      )
      // A worker that ends does not wait for a server that is away.
      await endWith(() => store.answer(id, JSON.stringify(answered)))
    },
  )
}
