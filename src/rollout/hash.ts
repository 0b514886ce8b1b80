import { createHash } from 'node:crypto'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'

/** Returns `sha256:…` of plain data, independent of the order of its fields. */
export function hashOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(canonical(value)).digest('hex')}`
}

/** Returns the expected hash of a plan. */
export function hashPlan({
  hash: _,
  ...plan
}: Omit<RolloutPlan, 'hash'> & { hash?: string }): string {
  return hashOf(plan)
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const fields = Object.entries(value).filter(([, each]) => each !== undefined)
  const sorted = fields.sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${sorted.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join()}}`
}
