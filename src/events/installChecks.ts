import type { RollbackReport } from '../../machines/plugin-install/types.ts'
import {
  type ChecksOf,
  failure,
  flag,
  list,
  number,
  object,
  optional,
  privilege,
  text,
  variant,
  word,
} from './checks.ts'
import type {
  InstallEvents,
  ShownConsentRequest,
  ShownOutcome,
  ShownPlugin,
} from './installEvents.ts'

const rollback = variant<'result', RollbackReport>('result', {
  nothingToRemove: object({ result: word }),
  removed: object({ result: word, name: text, id: text }),
  kept: object({ result: word, name: text, id: text, enabled: flag, command: text }),
  failed: object<Extract<RollbackReport, { result: 'failed' }>>({
    result: word,
    name: text,
    id: optional(text),
    reason: text,
    command: text,
  }),
})

/** The fields that the requests of all machines have. */
export const requestFields = {
  id: number,
  reference: text,
  name: text,
  digest: optional(text),
  privileges: list(privilege),
  settings: list(object({ setting: text, widens: flag })),
}

export const installChecks: ChecksOf<InstallEvents> = {
  request: object<ShownConsentRequest>(requestFields),
  outcome: variant<'state', ShownOutcome>('state', {
    done: object({
      state: word,
      plugin: object<ShownPlugin>({
        id: text,
        name: text,
        reference: text,
        digest: optional(text),
        enabled: flag,
        changed: flag,
        consentBy: text,
        settings: list(text),
      }),
    }),
    rolledBack: object({ state: word, failure, rollback }),
  }),
}
