import type { PlanEntry } from '../../machines/plugin-upgrade/planUpgrade.ts'
import type { Leftover, Uses } from '../../machines/plugin-upgrade/types.ts'
import {
  type ChecksOf,
  failure,
  flag,
  list,
  object,
  only,
  optional,
  privilege,
  text,
  variant,
  word,
} from './checks.ts'
import { requestFields } from './installChecks.ts'
import type {
  ShownUpgrade,
  ShownUpgradeOutcome,
  ShownUpgradeRequest,
  ShownWayBack,
  UpgradeEvents,
} from './upgradeEvents.ts'

const entries = list(
  object<PlanEntry>({
    kind: only('env', 'args', 'mount', 'device'),
    name: text,
    fate: only(
      'asked',
      'kept',
      'setAgain',
      'newDefault',
      'reverts',
      'lost',
      'onlyByReplacing',
      'stays',
    ),
    from: optional(text),
    to: optional(text),
  }),
)
const mode = only('inPlace', 'replace')
const leftover = optional(object<Leftover>({ name: text, command: text }))

export const upgradeChecks: ChecksOf<UpgradeEvents> = {
  request: object<ShownUpgradeRequest>({
    ...requestFields,
    from: text,
    added: list(privilege),
    removed: list(privilege),
    wayBack: object<ShownWayBack>({ remote: optional(text), none: optional(text) }),
    uses: optional(
      object<Uses>({ volumes: list(text), networks: list(text), containers: list(text) }),
    ),
    plan: optional(object({ mode, entries })),
  }),
  outcome: variant<'state', ShownUpgradeOutcome>('state', {
    done: object({
      state: word,
      plugin: object<ShownUpgrade>({
        id: text,
        name: text,
        from: text,
        reference: text,
        digest: optional(text),
        enabled: flag,
        changed: flag,
        mode,
        entries,
        consentBy: text,
        leftover,
      }),
    }),
    rolledBack: object<Extract<ShownUpgradeOutcome, { state: 'rolledBack' }>>({
      state: word,
      failure,
      changed: flag,
      remnants: list(text),
      leftover,
    }),
    stranded: object<Extract<ShownUpgradeOutcome, { state: 'stranded' }>>({
      state: word,
      failure,
      reason: text,
      name: text,
      version: only('old', 'new', 'other', 'gone', 'unknown'),
      commands: list(text),
      leftover,
    }),
  }),
}
