import { EngineError } from '../../machines/errors.ts'
import { quoted } from '../../machines/text.ts'
import { lookAtTarget } from './lookAtTarget.ts'
import { lookUpOn } from './lookUpContent.ts'
import type { Answers, Question } from './questions.ts'
import { look, noSecret, type TargetStepOptions, withOpened } from './targetStep.ts'
import { withSecretsHidden } from './withSecretsHidden.ts'

/** Returns the function that answers questions with the engines and the secret settings that this machine reaches. */
export function createAnswers({
  connect,
  secret = noSecret,
}: Pick<TargetStepOptions, 'connect' | 'secret'>) {
  const answers: {
    [About in keyof Answers]: (
      question: Question<About>,
      signal: AbortSignal,
    ) => Promise<Answers[About]>
  } = {
    async secrets({ settings }) {
      for (const setting of settings) if ('from' in setting) await secret(setting)
      return null
    },
    target: ({ target, request }, signal) => lookAtTarget(() => connect(target), request, signal),
    content: ({ target, remote }, signal) =>
      withOpened(
        () => connect(target),
        (engine) => lookUpOn(engine, remote, signal),
      ),
    plugin: ({ target, name, secrets }, signal) =>
      withOpened(
        () => connect(target),
        (engine) => look(withSecretsHidden(engine, secrets), name, signal),
      ),
  }
  return async <Asked extends Question>(
    question: Asked,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Answers[Asked['about']]> => {
    const { about } = question
    if (Object.hasOwn(answers, about)) {
      return answers[about](question as never, signal) as Promise<Answers[Asked['about']]>
    }
    throw new EngineError(
      'invalid-option',
      `this worker is of another version, and does not know the question ${quoted(String(about))}`,
    )
  }
}
