import { isEngineError } from '../errors.ts'
import { resolveNames } from '../reference.ts'
import type { Observed } from './effect.ts'
import type { UpgradeContext, UpgradeInput, UpgradeRun } from './types.ts'

/** The context of a new run, or of a run that an earlier process began. */
export function initialContext({ input }: { input: UpgradeInput }): UpgradeContext {
  const { phase = 'untouched', ...run }: Partial<UpgradeRun> = input.resumed ?? {}
  return {
    input,
    phase,
    enable: phase === 'swapping' ? 'unknown' : 'none',
    swap: phase === 'swapping' ? 'unknown' : 'none',
    asksPerson: false,
    credentialsAttempt: 0,
    ...run,
    ...(run.before && namesOf(input, run.before)),
  }
}

/** The names of the new version; without them where the reference is invalid. */
export function namesOf(
  { reference }: UpgradeInput,
  before: Observed,
): Pick<UpgradeContext, 'names'> {
  const names = resolveNames({ reference: reference ?? before.reference })
  return isEngineError(names) ? {} : { names: { ...names, name: before.name } }
}

/**
 * A part of the context that must be there: a state is only reached with what it needs, and the chart's
 * tests walk every way into it.
 */
export function required<K extends keyof UpgradeContext>(
  context: UpgradeContext,
  key: K,
): NonNullable<UpgradeContext[K]> {
  const value = context[key]
  if (value === undefined || value === null) throw new Error(`the flow has no ${key} yet`)
  return value
}
