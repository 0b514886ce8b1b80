import { MAX_TIMEOUT } from '../../../adapters/engine/http/timeouts.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { Timeouts } from '../../../machines/plugin-install/types.ts'
import type { UpgradeTimeouts } from '../../../machines/plugin-upgrade/types.ts'
import type { Backoff } from '../../../machines/retry.ts'

/** How long a flow waits, and what it tries again. */
export interface Policy<Limits = Timeouts> {
  /** How long the flow may stay in a state, in milliseconds. */
  timeouts: Limits
  /**
   * Calls that changed nothing: look-ups that the engine or the registry did not answer, and changes
   * that the engine has certainly not seen.
   */
  retry: Backoff
  /** The attempts to take back. Each looks at what is there before it removes anything. */
  rollback: Backoff
}

/** Fields that are left out have their defaults. */
export type PolicyOptions<Limits = Timeouts> = {
  readonly [Part in keyof Policy]?: Readonly<Partial<Policy<Limits>[Part]>>
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The policy of a flow that is given none; docs/api.md says why. */
export const defaultPolicy: Readonly<{ [Part in keyof Policy]: Readonly<Policy[Part]> }> = {
  timeouts: {
    checkPrivileges: 2 * MINUTE,
    reauth: 15 * MINUTE,
    awaitConsent: 30 * MINUTE,
    pulling: 60 * MINUTE,
    configuring: MINUTE,
    enabling: 3 * MINUTE,
    rollingBack: MINUTE,
  },
  retry: { attempts: 4, baseMs: SECOND, factor: 2, maxMs: 10 * SECOND, jitter: 1 },
  rollback: { attempts: 8, baseMs: 250, factor: 2, maxMs: 10 * SECOND, jitter: 0.5 },
}

/** The timeouts of an upgrade that is not told otherwise. */
export const upgradeTimeouts: Readonly<UpgradeTimeouts> = {
  reading: MINUTE,
  resolving: 2 * MINUTE,
  reauth: 15 * MINUTE,
  awaitConsent: 30 * MINUTE,
  staging: 60 * MINUTE,
  trying: 3 * MINUTE,
  disabling: MINUTE,
  upgrading: 60 * MINUTE,
  verifying: MINUTE,
  configuring: 2 * MINUTE,
  enabling: 3 * MINUTE,
  proving: MINUTE,
  cleaning: MINUTE,
  rollingBack: 60 * MINUTE,
}

/**
 * A policy with its defaults filled in.
 *
 * @throws EngineError `invalid-option` for a name that it does not have and for a value it cannot have
 */
export function completePolicy<Limits extends object = Timeouts>(
  given: PolicyOptions<Limits> = {},
  timeouts: Limits = defaultPolicy.timeouts as Limits,
): Policy<Limits> {
  const policy: Policy<Limits> = { ...defaultPolicy, timeouts }
  for (const [part, values] of Object.entries(given)) {
    if (!Object.hasOwn(policy, part)) throw invalid(part, 'there is no such part')
    const filled = { ...policy[part as keyof Policy] } as Record<string, number>
    for (const [name, value] of Object.entries<unknown>(values ?? {})) {
      if (!Object.hasOwn(filled, name)) throw invalid(`${part}.${name}`, 'there is no such name')
      if (value === undefined) continue
      const [says, holds] = part === 'timeouts' ? milliseconds : rules[name as keyof Backoff]
      // A caller without TypeScript may pass anything.
      if (typeof value !== 'number' || !holds(value)) {
        throw invalid(`${part}.${name}`, `it must be ${says}, and not ${String(value)}`)
      }
      filled[name] = value
    }
    Object.assign(policy, { [part]: filled })
  }
  return policy
}

/** Completes "it must be …", and decides. */
type Rule = readonly [says: string, holds: (value: number) => boolean]

const milliseconds: Rule = [
  `milliseconds, more than 0 and at most ${MAX_TIMEOUT}`,
  (value) => value > 0 && value <= MAX_TIMEOUT,
]

const rules: Readonly<Record<keyof Backoff, Rule>> = {
  attempts: [
    'a whole number from 1 to 100',
    (value) => Number.isInteger(value) && value >= 1 && value <= 100,
  ],
  baseMs: milliseconds,
  factor: ['a number from 1 to 100', (value) => value >= 1 && value <= 100],
  maxMs: milliseconds,
  jitter: ['a number from 0 to 1', (value) => value >= 0 && value <= 1],
}

function invalid(name: string, why: string): EngineError {
  return new EngineError('invalid-option', `policy.${name}: ${why}`)
}
