import * as v from 'valibot'
import { privileges } from '../planFile.ts'
import type { Answers, Question } from '../questions.ts'
import type { factsOf } from '../targetStep.ts'

/** An answer as it is stored. */
export type StoredAnswer<Value = unknown> = { worker: string } & (
  | { value: Value }
  | { failure: ReturnType<typeof factsOf> }
)

const worker = v.string()
const text = v.string()
const failure = v.object({ code: text, message: text, next: v.exactOptional(text) })

/** The fields that are read. A worker of a later version may answer more. */
const values = {
  secrets: v.null(),
  target: v.union([
    v.object({ unreachable: text }),
    v.object({
      engineId: text,
      takesDigests: v.boolean(),
      present: v.exactOptional(
        v.object({
          reference: text,
          enabled: v.boolean(),
          inUse: v.exactOptional(v.boolean()),
          digest: v.exactOptional(text),
          isSet: v.boolean(),
        }),
      ),
    }),
  ]),
  content: v.object({ privileges, digest: v.exactOptional(text) }),
  plugin: v.object({ state: v.picklist(['absent', 'present']) }),
} satisfies { [About in keyof Answers]: v.GenericSchema }

/** @throws TypeError for what no worker of this version answers */
export function readAnswer(stored: string, { about }: Pick<Question, 'about'>): StoredAnswer {
  const answer: unknown = parsed(stored)
  const isValid =
    v.is(v.object({ worker, value: values[about] }), answer) ||
    v.is(v.object({ worker, failure }), answer)
  // As it is: what is compared later keeps the order of its fields.
  if (isValid) return answer as StoredAnswer
  throw new TypeError(`a worker has answered the question ${about} in an unknown form`)
}

function parsed(stored: string): unknown {
  try {
    return JSON.parse(stored)
  } catch {
    return undefined
  }
}
