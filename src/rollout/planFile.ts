import * as v from 'valibot'
import { unusable } from '../../adapters/docker/configFile.ts'
import { findRepeated, parseJson } from '../../adapters/docker/parseJson.ts'
import { parseReference } from '../../machines/reference.ts'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import { hashPlan } from './hash.ts'
import { strategySchema } from './strategy.ts'

const text = v.pipe(v.string(), v.nonEmpty())
const optional = v.exactOptional(text)
const kind = v.picklist(['install', 'upgrade', 'remove'])
const why = v.string()
const takesDigests = v.exactOptional(v.boolean())
const digest = v.pipe(v.string(), v.regex(/^[a-z0-9]+:[0-9a-f]{32,128}$/))
const key = { name: text, field: optional }
export const privileges = v.array(
  v.looseObject({ Name: v.string(), Description: v.string(), Value: v.array(v.string()) }),
)
const plan = v.strictObject({
  version: v.literal(1),
  at: v.pipe(v.string(), v.isoTimestamp()),
  kind,
  plugin: v.strictObject({
    reference: text,
    name: text,
    digest: v.exactOptional(digest),
    settings: v.array(
      v.union([
        v.strictObject({ ...key, value: v.exactOptional(v.string()) }),
        v.strictObject({ ...key, from: v.literal('env'), variable: text }),
        v.strictObject({ ...key, from: v.literal('file'), path: text }),
      ]),
    ),
  }),
  privileges,
  strategy: strategySchema,
  targets: v.array(
    v.strictObject({
      id: text,
      engineId: optional,
      zone: optional,
      labels: v.record(v.string(), v.string()),
      access: v.union([
        v.strictObject({ context: text }),
        v.strictObject({
          host: text,
          tls: v.exactOptional(v.strictObject({ ca: optional, cert: optional, key: optional })),
        }),
      ]),
      found: v.variant('state', [
        v.strictObject({ state: v.literal('absent'), takesDigests }),
        v.strictObject({
          state: v.literal('present'),
          digest: v.picklist(['same', 'other', 'unknown']),
          reference: v.string(),
          enabled: v.boolean(),
          inUse: v.exactOptional(v.boolean()),
          takesDigests,
        }),
        v.strictObject({ state: v.literal('unreachable'), why }),
      ]),
      does: v.union([
        v.strictObject({ action: kind }),
        v.strictObject({ action: v.literal('nothing') }),
        v.strictObject({ action: v.literal('skip'), why }),
      ]),
    }),
  ),
  hash: text,
})

/**
 * Reads a plan as `planRollout` made it.
 *
 * @param name as messages name it: `the plan plan.json`
 * @throws EngineError `invalid-configuration` for one that was damaged or edited
 */
export function parsePlan(written: string, name: string): RolloutPlan {
  const json = written.replace(/^\ufeff/, '')
  const { value, problem, rest } = parseJson(json)
  if (problem !== undefined) throw unusable(name, `is not valid JSON: ${problem}`)
  if (rest !== undefined) throw unusable(name, `has more after its end ${rest}`)
  const repeated = findRepeated(json)
  if (repeated) throw unusable(name, `has "${repeated.name}" twice, ${repeated.place}`)
  const checked = v.safeParse(plan, value, { abortEarly: true })
  if (!checked.success) {
    const at = v.getDotPath(checked.issues[0]) ?? 'it'
    throw unusable(name, `is not a plan of plugin-flow rollout plan: ${at} is invalid`)
  }
  const found = checked.output as RolloutPlan
  if (typeof parseReference(found.plugin.reference) === 'string') {
    throw unusable(name, 'is not a plan of plugin-flow rollout plan: plugin.reference is invalid')
  }
  if (hashPlan(found) === found.hash) return found
  throw unusable(
    name,
    'was changed after it was made: its hash does not match; make another with plugin-flow rollout plan',
  )
}

/** @throws EngineError `invalid-configuration` for a plan that is older, in milliseconds, or from the future */
export function checkPlanAge({ at }: Pick<RolloutPlan, 'at'>, name: string, most: number): void {
  const age = Date.now() - Date.parse(at)
  if (age >= -CLOCKS_MS && age <= most) return
  const why =
    age < 0 ? 'is from the future by the clock of this machine' : `is older than ${hours(most)}`
  throw unusable(name, `${why} (${at}): make another with plugin-flow rollout plan`)
}

/** Clocks of two machines may differ by this much. */
const CLOCKS_MS = 5 * 60_000

function hours(ms: number): string {
  const count = Math.round(ms / 3_600_000)
  return count === 1 ? 'an hour' : `${count} hours`
}
