import * as v from 'valibot'
import { EngineError } from '../../machines/errors.ts'
import type { Share, Strategy } from '../../machines/rollout/plan.ts'

/** The default strategy: one engine first, then a person promotes. */
export const defaultStrategy: Readonly<Strategy> = {
  canaries: [1],
  hold: 'person',
  parallel: 10,
  maxFailures: 0,
  maxUnreachable: '10%',
  monitor: 0,
  onFailure: 'pause',
}

const MOST_PARALLEL = 1_000
const DAY = 24 * 60 * 60_000

const PERCENT = /^(?:100(?:\.0+)?|\d{1,2}(?:\.\d{1,3})?)%$/
const SHARE = 'a whole number of targets, or a percentage from 0% to 100%'
const share = v.union(
  [
    v.pipe(v.number(), v.safeInteger(SHARE), v.minValue(0, SHARE)),
    v.pipe(v.string(), v.regex(PERCENT, SHARE)),
  ],
  SHARE,
) as unknown as v.GenericSchema<Share>
const whole = (least: number, most: number, what: string) =>
  v.pipe(v.number(what), v.safeInteger(what), v.minValue(least, what), v.maxValue(most, what))
const MILLISECONDS = `whole milliseconds up to ${DAY}`
const milliseconds = whole(0, DAY, MILLISECONDS)

/** The strategy of a plan. Each message names the valid values. */
export const strategySchema = v.strictObject({
  canaries: v.pipe(v.array(share, 'a list'), v.maxLength(20, 'at most 20 steps')),
  hold: v.union([v.literal('person'), milliseconds], `"person" or ${MILLISECONDS}`),
  batch: v.exactOptional(share),
  parallel: whole(1, MOST_PARALLEL, `a whole number from 1 to ${MOST_PARALLEL}`),
  maxFailures: share,
  maxUnreachable: share,
  monitor: milliseconds,
  onFailure: v.picklist(['pause', 'stop', 'rollback'], 'pause, stop or rollback'),
})

/**
 * A strategy with its defaults filled in.
 *
 * @throws EngineError `invalid-option` for a name that it does not have and for a value that it cannot have
 */
export function completeStrategy(given: Partial<Strategy> = {}): Strategy {
  const checked = v.safeParse(
    strategySchema,
    { ...defaultStrategy, ...given },
    { abortEarly: true },
  )
  if (checked.success) return checked.output
  const [{ path = [], message, expected }] = checked.issues
  const name = path.map(({ key }) => String(key)).join('.')
  const why = expected === 'never' ? 'there is no such name' : `it must be ${message}`
  throw new EngineError('invalid-option', `strategy.${name}: ${why}`)
}
