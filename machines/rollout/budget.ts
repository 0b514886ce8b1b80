import type { Share, Strategy } from './plan.ts'

/**
 * The budget of a share p of N targets is floor(p × N), and it is exceeded when more than that many fail: of the whole
 * rollout or of its present batch, looked at after each target.
 */
export function budgetOf(share: Share, targets: number): number {
  return Math.floor(amountOf(share, targets))
}

/** How many targets are done by the end of each canary step: rounded up, at least one more than the step before. */
export function canaryEnds({ canaries }: Pick<Strategy, 'canaries'>, targets: number): number[] {
  const ends: number[] = []
  for (const share of canaries) {
    const end = Math.min(targets, Math.max(1, Math.ceil(amountOf(share, targets))))
    if (end > (ends.at(-1) ?? 0)) ends.push(end)
  }
  return ends
}

/** How many targets are done by the end of a step: a canary step, or a batch after them. */
export function stepEnd(strategy: Strategy, targets: number, step: number): number {
  if (step < 0) return 0
  const canaries = canaryEnds(strategy, targets)
  const canary = canaries[step]
  if (canary !== undefined) return canary
  if (strategy.batch === undefined) return targets
  const size = Math.max(1, Math.ceil(amountOf(strategy.batch, targets)))
  const batches = step - canaries.length + 1
  return Math.min(targets, (canaries.at(-1) ?? 0) + batches * size)
}

function amountOf(share: Share, targets: number): number {
  if (typeof share === 'number') return share
  // 33.3 % of 1000 are 333 targets, and not 332.99999999999994.
  return Number(((Number.parseFloat(share) * targets) / 100).toFixed(6))
}
