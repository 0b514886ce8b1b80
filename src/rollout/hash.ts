import { createHash } from 'node:crypto'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'

/** Returns `sha256:…` of plain data, independent of the order of its fields. */
export function hashOf(value: unknown): string {
  return `sha256:${hashText(canonical(value))}`
}

/** Returns a text in 64 hexadecimal digits. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
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
  const fields = value as Readonly<Record<string, unknown>>
  const keys = Object.keys(fields).filter((key) => fields[key] !== undefined)
  // Without a function that compares, texts are sorted by their UTF-16 code units, and several times as fast.
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(fields[key])}`)
    .join()}}`
}
