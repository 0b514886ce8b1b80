/** A figure that varies from round to round: its middle, and where the middle half lies. */
export interface Spread {
  median: number
  p25: number
  p75: number
}

export function spread(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), p25: quantile(values, 0.25), p75: quantile(values, 0.75) }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Round by round: what disturbs a machine for a while disturbs both sides of a ratio. */
export function pairedRatios(these: readonly number[], those: readonly number[]): number[] {
  if (these.length !== those.length) throw new Error('every round measures both sides')
  return these.map((value, round) => value / (those[round] ?? Number.NaN))
}

/** Between neighbours, linearly. */
function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new Error('nothing was measured')
  const sorted = [...values].sort((one, other) => one - other)
  const place = (sorted.length - 1) * part
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}
